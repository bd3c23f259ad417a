package dev.sexton.internal.state;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
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

  private SharedFileSystems() {}

  /// Returns whether one of them contains this path, or null if that cannot be determined.
  static @Nullable Boolean hold(Path path) {
    try {
      FileStore store = Files.getFileStore(path);
      String type = store.type().toLowerCase(Locale.ROOT);
      return TYPES.contains(type) || type.startsWith("fuse.");
    } catch (IOException unknown) {
      return null;
    }
  }
}
