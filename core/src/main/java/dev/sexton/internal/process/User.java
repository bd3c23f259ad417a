package dev.sexton.internal.process;

/// A user of the machine, who owns processes and files.
///
/// @param uid the numeric ID, or negative if the platform has none
/// @param name the name, or empty if it was not looked up
public record User(long uid, String name) {
  /// Returns whether both are provably the same user.
  public boolean sameAs(User other) {
    if (uid >= 0 && other.uid >= 0) {
      return uid == other.uid;
    }
    return !name.isEmpty() && name.equals(other.name);
  }
}
