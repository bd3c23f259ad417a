package dev.sexton.kubernetes;

/// An object that was created in a cluster.
///
/// @param kind its kind, such as `Pod`
/// @param namespace its namespace
/// @param name its name, which the cluster completes if the manifest has `generateName`
/// @param uid its UID
public record CreatedObject(String kind, String namespace, String name, String uid) {}
