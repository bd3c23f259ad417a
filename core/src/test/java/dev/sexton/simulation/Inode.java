package dev.sexton.simulation;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A file, whatever its name.
///
/// The locks belong to the kernel and end with the process.
final class Inode {
  byte[] bytes;
  Instant modified;
  int uid;

  /// Whether other users may read it.
  boolean readable;

  boolean writableByOthers;

  /// Whether it is no longer a valid record.
  boolean spoilt;

  /// When a person spoilt it, by the machine's own clock.
  long spoiltAtNanos = Long.MIN_VALUE;

  @Nullable WorldProcess ownerLock;
  @Nullable WorldProcess sweeperLock;

  Inode(int uid, byte[] bytes, Instant modified) {
    this.uid = uid;
    this.bytes = bytes;
    this.modified = modified;
  }

  boolean mayRead(int user) {
    return user == World.ROOT || user == uid || readable;
  }

  /// Returns whether a PID is the value of one of its keys.
  boolean names(long pid) {
    return has(": " + pid + ",") || has(": " + pid + "\n");
  }

  boolean has(String text) {
    return new String(bytes, StandardCharsets.UTF_8).contains(text);
  }
}
