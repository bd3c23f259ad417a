package dev.sexton.internal.process;

/**
 * A user of the machine, who owns processes and files.
 *
 * @param uid the numeric id; negative where the platform has none
 * @param name the name; empty if it was not looked up
 */
public record User(long uid, String name) {
  /** Whether both are provably the same user. */
  public boolean sameAs(User other) {
    if (uid >= 0 && other.uid >= 0) {
      return uid == other.uid;
    }
    return !name.isEmpty() && name.equals(other.name);
  }
}
