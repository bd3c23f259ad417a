package dev.sexton.internal.state;

import dev.sexton.RecordException;
import dev.sexton.internal.process.User;
import dev.sexton.internal.state.SharedFileSystems.Sharing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A state directory on any [java.nio.file.FileSystem].
public final class FileStateDirectory implements StateDirectory {
  private static final FileAttribute<?> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<?> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /// What long-lived programs have read, by directory and file name.
  private static final Map<Path, Map<String, RecordFile.Remembered>> REMEMBERED =
      new ConcurrentHashMap<>();

  private final Path directory;
  private final Path instances;
  private final Map<String, RecordFile.Remembered> remembered;
  private final String application;
  private final boolean posix;
  private volatile Sharing sharing = Sharing.UNKNOWN;

  /// Creates an object for the directory that holds, or will hold, `instances/`.
  public FileStateDirectory(Path directory, String application) {
    this(directory, application, new ConcurrentHashMap<>());
  }

  private FileStateDirectory(
      Path directory, String application, Map<String, RecordFile.Remembered> remembered) {
    this.remembered = remembered;
    this.directory = directory;
    this.instances = directory.resolve("instances");
    this.application = application;
    this.posix = FileModes.isPosix(directory);
  }

  /// Returns the same directory for a program that reads it repeatedly. A file that was not written
  /// since it was last read, through this object or another of this kind, is not read again.
  public FileStateDirectory cached() {
    return new FileStateDirectory(
        directory,
        application,
        REMEMBERED.computeIfAbsent(directory, path -> new ConcurrentHashMap<>()));
  }

  @Override
  public Path path() {
    return directory;
  }

  @Override
  public String application() {
    return application;
  }

  @Override
  public boolean exists() {
    return Files.isDirectory(instances);
  }

  @Override
  public @Nullable String untrustedReason() {
    if (!posix) {
      return null; // Windows: a profile is private to its user and has no modes to check.
    }
    return FileModes.isDefault(instances)
        ? DirectoryRights.look(instances).defect()
        : FileModes.defect(directory, instances);
  }

  /// Returns why a directory is not this user's alone, by the rules for a state directory. Null if
  /// it is, or if they cannot be checked here.
  public static @Nullable String defectOf(Path directory) {
    if (!FileModes.isPosix(directory)) {
      return null;
    }
    StrictModes.Finding finding = StrictModes.look(directory, directory);
    return finding.defect() == null && finding.controller() != 0
        ? directory + " belongs to another user: run as that user"
        : finding.defect();
  }

  @Override
  public boolean isShared() {
    Sharing known = sharing;
    if (known == Sharing.UNKNOWN) {
      known = SharedFileSystems.of(instances);
      sharing = known; // An absent directory is checked again: a watcher may wait for it.
    }
    return known != Sharing.LOCAL;
  }

  @Override
  public List<String> list() throws IOException {
    List<String> names = names();
    if (!remembered.isEmpty()) {
      remembered.keySet().retainAll(new HashSet<>(names));
    }
    return names;
  }

  private List<String> names() throws IOException {
    try (var _ = DirectoryRights.in(instances)) {
      return FileListing.names(instances);
    }
  }

  @Override
  public Content read(String name) throws RecordException {
    Path file = instances.resolve(name);
    try (var _ = DirectoryRights.in(instances)) {
      return RecordFile.read(file, remembered);
    } catch (RecordException unusable) {
      throw unusable;
    } catch (IOException noRights) {
      throw new RecordException.Unreadable(file, String.valueOf(noRights.getMessage()), noRights);
    }
  }

  /// Like [#read], for any file.
  public static Content readFile(Path file) throws RecordException {
    return RecordFile.read(file, null);
  }

  @Override
  public @Nullable User owner(String name) {
    Path file = instances.resolve(name);
    try (var _ = DirectoryRights.in(instances)) {
      if (posix
          && Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS)
              instanceof Integer uid) {
        return new User(uid, "");
      }
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException noNumber) {
      // Not every file system has numeric IDs. Most have names.
    }
    return ownerByName(name);
  }

  @Override
  public @Nullable User ownerByName(String name) {
    Path file = instances.resolve(name);
    try (var _ = DirectoryRights.in(instances)) {
      return new User(-1, Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).getName());
    } catch (IOException | UnsupportedOperationException unknown) {
      return null;
    }
  }

  @Override
  public @Nullable Instant modified(String name) {
    try (var _ = DirectoryRights.in(instances)) {
      return Files.getLastModifiedTime(instances.resolve(name), LinkOption.NOFOLLOW_LINKS)
          .toInstant();
    } catch (IOException gone) {
      return null;
    }
  }

  @Override
  public void replace(String name, byte[] content) throws IOException {
    Path file = instances.resolve(name);
    try (var _ = DirectoryRights.in(instances)) {
      Path temporary = instances.resolve(FileNames.temporary(name));
      AtomicReplacement.replace(file, temporary, content, mode(PRIVATE_FILE));
    } catch (IOException failed) {
      throw FileChanges.failure(file, failed);
    }
  }

  @Override
  public void create() throws IOException {
    try (var _ = DirectoryRights.in(instances)) {
      if (!Files.isDirectory(instances)) {
        Files.createDirectories(instances, mode(PRIVATE_DIRECTORY));
      }
    } catch (IOException failed) {
      throw FileChanges.failure(instances, failed);
    }
    String defect = untrustedReason();
    if (defect != null) {
      throw new IOException(defect);
    }
  }

  private FileAttribute<?>[] mode(FileAttribute<?> permissions) {
    return posix ? new FileAttribute<?>[] {permissions} : new FileAttribute<?>[0];
  }

  @Override
  public void delete(String name) throws IOException {
    try (var _ = DirectoryRights.in(instances)) {
      FileChanges.delete(instances.resolve(name));
    }
    if (!remembered.isEmpty()) {
      remembered.remove(name); // Otherwise it would stay until the directory is listed again.
    }
  }

  @Override
  public void setAside(String name) throws IOException {
    try (var _ = DirectoryRights.in(instances)) {
      Path target = instances.resolve(name + FileNames.SET_ASIDE);
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        target = instances.resolve(name + "." + FileNames.unique() + FileNames.SET_ASIDE);
      }
      FileChanges.move(instances.resolve(name), target, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  @Override
  public Path lockFile(String instanceId) {
    return instances.resolve(instanceId + ".lock");
  }

  @Override
  public void appendJournal(List<String> lines) throws IOException {
    if (!lines.isEmpty()) {
      try (var _ = DirectoryRights.in(instances)) {
        new JournalFile(directory).append(lines, mode(PRIVATE_FILE));
      }
    }
  }

  @Override
  public List<String> readJournal() throws IOException {
    try (var _ = DirectoryRights.in(instances)) {
      return new JournalFile(directory).read();
    }
  }

  @Override
  public List<Boot> boots() {
    try (var _ = DirectoryRights.in(instances)) {
      BootList list = BootList.of(directory, isShared());
      return list == null ? List.of() : list.read();
    } catch (IOException unreadable) {
      return List.of(); // An unreadable list proves nothing.
    }
  }

  @Override
  public void noteBoot(Boot boot) throws IOException {
    try (var _ = DirectoryRights.in(instances)) {
      BootList list = BootList.of(directory, isShared());
      if (list != null) {
        list.append(boot, mode(PRIVATE_FILE));
      }
    }
  }
}
