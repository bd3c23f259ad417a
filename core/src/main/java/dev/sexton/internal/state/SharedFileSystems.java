package dev.sexton.internal.state;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// File systems that several machines, or a machine and its host, see at once. See mount(8).
final class SharedFileSystems {
  private static final Set<String> TYPES =
      Set.of(
          "nfs",
          "nfs4",
          "cifs",
          "smb3",
          "smbfs",
          "smb2",
          "afs",
          "afpfs",
          "webdav",
          "ncpfs",
          "9p",
          "v9fs",
          "virtiofs",
          "vboxsf",
          "vmhgfs",
          "prl_fs",
          "fakeowner",
          "ceph",
          "glusterfs",
          "lustre",
          "beegfs",
          "gpfs",
          "ocfs2",
          "gfs2",
          "orangefs");

  /// How long an answer is used again. The JDK reads the list of mounts for each, and a server may
  /// register often.
  private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

  /// The last answers, by device.
  private static final Map<Object, Answer> ANSWERS = new ConcurrentHashMap<>();

  private record Answer(Sharing sharing, long nanos) {}

  /// Whether other machines can access a file system.
  enum Sharing {
    /// They can.
    SHARED,
    /// They cannot.
    LOCAL,
    /// That cannot be determined, or has not been yet.
    UNKNOWN
  }

  private SharedFileSystems() {}

  /// Returns whether one of them holds this path.
  static Sharing of(Path path) {
    try {
      Object device = device(path);
      long now = System.nanoTime();
      Answer known = device == null ? null : ANSWERS.get(device);
      if (known != null && now - known.nanos() < FRESH_NANOS) {
        return known.sharing();
      }
      String type = Files.getFileStore(path).type().toLowerCase(Locale.ROOT);
      boolean isShared = TYPES.contains(type) || type.startsWith("fuse.");
      Sharing sharing = isShared ? Sharing.SHARED : Sharing.LOCAL;
      if (device != null) {
        ANSWERS.put(device, new Answer(sharing, now));
      }
      return sharing;
    } catch (IOException unknown) {
      return Sharing.UNKNOWN;
    }
  }

  /// Returns the device that holds a path; null where devices have no numbers.
  private static @Nullable Object device(Path path) throws IOException {
    try {
      return path.getFileSystem().equals(FileSystems.getDefault())
          ? Files.getAttribute(path, "unix:dev")
          : null;
    } catch (UnsupportedOperationException | IllegalArgumentException noNumbers) {
      return null;
    }
  }
}
