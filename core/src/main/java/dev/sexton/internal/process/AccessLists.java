package dev.sexton.internal.process;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// POSIX access control lists, which the JDK does not expose on Linux. See acl(5). If a list lets
/// another user write, the mode shows write permission for the group. Only such a file has to be
/// checked.
public final class AccessLists {
  private static final String ATTRIBUTE = "system.posix_acl_access";

  /// The largest value that the kernel stores, XATTR_SIZE_MAX of linux/limits.h.
  private static final int MAX_BYTES = 65_536;

  /// The length of the mode in the output of `ls`, plus one.
  private static final int MODE_CHARACTERS = 11;

  private static final int HEADER_BYTES = 4;
  private static final int ENTRY_BYTES = 8;

  // Tags and permissions of an entry. See the kernel's posix_acl.h.
  private static final int NAMED_USER = 0x02;
  private static final int NAMED_GROUP = 0x08;
  private static final int MASK = 0x10;
  private static final int WRITE = 2;

  // errno(3): there is no list, or the file system does not support lists.
  private static final int ENODATA = 61;
  private static final int EOPNOTSUPP = 95;

  /// The timeout for `ls`. A machine on which it takes longer has stalled.
  private static final long LS_SECONDS = 10;

  /// Whether a list grants others the right to write.
  public enum Grant {
    /// It does.
    GRANTED,
    /// It does not, or there is no list.
    NONE,
    /// That cannot be determined here.
    UNKNOWN;

    private static Grant of(boolean isGranted) {
      return isGranted ? GRANTED : NONE;
    }
  }

  private AccessLists() {}

  /// Returns whether a list lets a named user or group write a file whose mode is group-writable.
  /// Takes about 50 ms the first time.
  public static Grant letOthersWrite(Path file) {
    Kernel kernel = Kernel.instance();
    return kernel == null ? letOthersWriteByLs(file) : letOthersWrite(kernel, file);
  }

  /// Used where this JVM may not call the kernel. `ls` appends a `+` to the mode of a file with a
  /// list. That list is then assumed to grant all that the mode allows it to.
  private static Grant letOthersWriteByLs(Path file) {
    ProcessBuilder ls =
        new ProcessBuilder("ls", "-ldn", "--", file.toString())
            .redirectInput(Redirect.from(Redirect.DISCARD.file()))
            .redirectError(Redirect.DISCARD);
    ls.environment().put("LC_ALL", "C");
    try {
      Process process = ls.start();
      try (InputStream output = process.getInputStream()) {
        String mode = new String(output.readNBytes(MODE_CHARACTERS), StandardCharsets.US_ASCII);
        boolean ended = process.waitFor(LS_SECONDS, TimeUnit.SECONDS);
        return (ended && mode.length() == MODE_CHARACTERS)
            ? Grant.of(mode.endsWith("+"))
            : Grant.UNKNOWN;
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException none) {
      return Grant.UNKNOWN;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return Grant.UNKNOWN;
    }
  }

  private static Grant letOthersWrite(Kernel kernel, Path file) {
    try (Arena arena = Arena.ofConfined()) {
      Charset names = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
      MemorySegment value = arena.allocate(MAX_BYTES);
      long size =
          kernel.call(
              SystemCall.GETXATTR,
              text(arena, file.toString(), names),
              text(arena, ATTRIBUTE, names),
              value.address(),
              MAX_BYTES);
      if (size < 0) {
        return (size == -ENODATA || size == -EOPNOTSUPP) ? Grant.NONE : Grant.UNKNOWN;
      }
      return Grant.of(letsOthersWrite(value, size));
    }
  }

  private static long text(Arena arena, String text, Charset charset) {
    byte[] bytes = text.getBytes(charset);
    MemorySegment segment = arena.allocate(bytes.length + 1L); // Initialized with zeros.
    MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return segment.address();
  }

  private static boolean letsOthersWrite(MemorySegment list, long size) {
    ValueLayout.OfShort number =
        ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    boolean named = false;
    boolean masked = false;
    for (long at = HEADER_BYTES; at + ENTRY_BYTES <= size; at += ENTRY_BYTES) {
      int tag = list.get(number, at);
      boolean writes = (list.get(number, at + Short.BYTES) & WRITE) != 0;
      named |= writes && (tag == NAMED_USER || tag == NAMED_GROUP);
      masked |= !writes && tag == MASK;
    }
    return named && !masked;
  }
}
