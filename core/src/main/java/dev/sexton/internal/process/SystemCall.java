package dev.sexton.internal.process;

import org.jspecify.annotations.Nullable;

/// The Linux system calls that are used, with their numbers. See the kernel's asm/unistd_64.h and
/// asm-generic/unistd.h.
enum SystemCall {
  READ(0, 63),
  WRITE(1, 64),
  OPENAT(257, 56),
  CLOSE(3, 57),
  SOCKET(41, 198),
  PPOLL(271, 73),
  INOTIFY_INIT1(294, 26),
  INOTIFY_ADD_WATCH(254, 27),
  GETXATTR(191, 8),
  GETGROUPS(115, 158),
  SETGROUPS(116, 159),
  SETFSUID(122, 151),
  SETFSGID(123, 152),
  /// Since Linux 5.1.
  PIDFD_SEND_SIGNAL(424, 424),
  /// Since Linux 5.3.
  PIDFD_OPEN(434, 434);

  /// An architecture, as far as its numbers are concerned.
  enum Architecture {
    /// x86-64, with numbers of its own.
    X86_64,
    /// An architecture with the generic numbers.
    GENERIC;

    /// Returns the architecture of this name; null if its numbers are unknown.
    ///
    /// @param name the value of the system property `os.arch`
    static @Nullable Architecture of(String name) {
      return switch (name) {
        case "amd64", "x86_64" -> X86_64;
        case "aarch64", "riscv64", "loongarch64" -> GENERIC;
        default -> null;
      };
    }
  }

  private final long x86;
  private final long generic;

  SystemCall(long x86, long generic) {
    this.x86 = x86;
    this.generic = generic;
  }

  /// Returns the number on an architecture.
  long number(Architecture architecture) {
    return architecture == Architecture.X86_64 ? x86 : generic;
  }
}
