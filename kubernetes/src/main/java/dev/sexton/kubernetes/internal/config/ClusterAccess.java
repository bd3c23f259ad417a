package dev.sexton.kubernetes.internal.config;

import dev.sexton.internal.http.Address;

/// How to reach one cluster.
///
/// @param address where its API server listens
/// @param prefix the part of the server's URL before `/api`; empty for none
/// @param credentials by what the cluster knows this client
public record ClusterAccess(Address address, String prefix, Credentials credentials) {}
