package dev.sexton.internal.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// The file permissions of another user, which a root thread has until it closes this object. See
/// setfsuid(2). The kernel lets the thread open, create, rename and remove only what that user
/// could, even if a path has been redirected in the meantime. Files that the thread creates belong
/// to that user. Other threads keep their permissions. The thread that acquired the permissions
/// must close this object.
public final class BorrowedRights implements AutoCloseable {
  /// Queries the current ID without changing it, because no user has this ID.
  private static final long NOBODY_AT_ALL = 0xffff_ffffL;

  private static final ThreadLocal<@Nullable Long> BORROWED = new ThreadLocal<>();

  private final Kernel kernel;
  private final int[] groups;
  private final long oldGid;
  private final long oldUid;

  private BorrowedRights(Kernel kernel, long uid, long gid) throws IOException {
    this.kernel = kernel;
    this.groups = groups(kernel);
    BORROWED.set(uid);
    setGroups(kernel, new int[0]);
    // The calls return the previous ID, not whether they succeeded.
    this.oldGid = setGroup(kernel, gid);
    this.oldUid = setUser(kernel, uid);
  }

  /// Returns whether this JVM supports this at all. Takes about 50 ms the first time.
  public static boolean available() {
    return Kernel.instance() != null;
  }

  /// Acquires the permissions of a user, or returns null if this thread already has them.
  ///
  /// @throws IOException if the kernel or the JVM does not permit it. The thread then keeps its
  ///   previous permissions
  public static @Nullable BorrowedRights of(long uid, long gid) throws IOException {
    if (Thread.currentThread().isVirtual()) {
      // The kernel knows only the carrier thread, which can change at each step.
      throw new IOException("a virtual thread cannot take the rights of user " + uid);
    }
    Long borrowed = BORROWED.get();
    if (borrowed != null) {
      if (borrowed != uid) {
        throw new IOException("already working with the rights of user " + borrowed);
      }
      return null;
    }
    Kernel kernel = Kernel.instance();
    if (kernel == null) {
      throw new IOException(
          "this JVM cannot take the rights of user " + uid + ": run as that user");
    }
    BorrowedRights rights = new BorrowedRights(kernel, uid, gid);
    if (setGroup(kernel, NOBODY_AT_ALL) != gid
        || setUser(kernel, NOBODY_AT_ALL) != uid
        || groups(kernel).length > 0) {
      rights.close();
      throw new IOException("the kernel denied the rights of user " + uid + ": run as that user");
    }
    return rights;
  }

  @Override
  public void close() {
    setUser(kernel, oldUid);
    setGroup(kernel, oldGid);
    setGroups(kernel, groups);
    BORROWED.remove();
    if (setUser(kernel, NOBODY_AT_ALL) != oldUid) {
      throw new IllegalStateException("the kernel did not restore root's rights");
    }
  }

  private static long setUser(Kernel kernel, long uid) {
    return kernel.call(SystemCall.SETFSUID, uid, 0, 0, 0);
  }

  private static long setGroup(Kernel kernel, long gid) {
    return kernel.call(SystemCall.SETFSGID, gid, 0, 0, 0);
  }

  private static int[] groups(Kernel kernel) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      long count = kernel.call(SystemCall.GETGROUPS, 0, 0, 0, 0);
      MemorySegment list = arena.allocate(ValueLayout.JAVA_INT, Math.max(1, count));
      long told = kernel.call(SystemCall.GETGROUPS, count, list.address(), 0, 0);
      if (told < 0 || told != count) {
        throw new IOException("the kernel did not report the groups of this process");
      }
      return list.asSlice(0, count * Integer.BYTES).toArray(ValueLayout.JAVA_INT);
    }
  }

  /// Sets the groups of this thread only. The C library's function would set them for all threads.
  private static void setGroups(Kernel kernel, int[] groups) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list = arena.allocateFrom(ValueLayout.JAVA_INT, groups);
      kernel.call(SystemCall.SETGROUPS, groups.length, list.address(), 0, 0);
    }
  }
}
