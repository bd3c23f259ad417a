package dev.sexton.internal.state;

import dev.sexton.RecordException;
import dev.sexton.internal.process.User;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A state directory on any [java.nio.file.FileSystem].
public final class FileStateDirectory implements StateDirectory {
  /// The suffix of a file name that was set aside.
  public static final String SET_ASIDE = ".unreadable";

  /// The current journal, with the newest entry last.
  public static final String JOURNAL = "journal.jsonl";

  /// The previous journal, from before the current one was started.
  public static final String OLD_JOURNAL = "journal.1.jsonl";

  /// Locked while the journal is rotated.
  public static final String JOURNAL_LOCK = "journal.lock";

  /// The list of boots in which instances were registered here.
  public static final String BOOTS = "boots";

  /// Replaces undecodable bytes in a file name. Such a name leads to no file.
  private static final char UNDECODABLE = '\uFFFD';

  private static final Set<OpenOption> WRITE_NEW =
      Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
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
  private volatile @Nullable Boolean shared;

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
    this.posix = isPosix(directory);
  }

  /// Returns the same directory for a program that reads it repeatedly. A file that was not written
  /// since it was last read, through this object or another of this kind, is not read again.
  public FileStateDirectory cached() {
    return new FileStateDirectory(
        directory,
        application,
        REMEMBERED.computeIfAbsent(directory, path -> new ConcurrentHashMap<>()));
  }

  static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
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
    return isDefault(instances) ? DirectoryRights.look(instances).defect() : modeDefect();
  }

  /// Returns why a directory is not this user's alone, by the rules for a state directory. Null if
  /// it is, or if they cannot be checked here.
  public static @Nullable String defectOf(Path directory) {
    if (!isPosix(directory)) {
      return null;
    }
    StrictModes.Finding finding = StrictModes.look(directory, directory);
    return finding.defect() == null && finding.controller() != 0
        ? directory + " belongs to another user: run as that user"
        : finding.defect();
  }

  /// Checks an in-memory file system, whose users are not those of this machine.
  private @Nullable String modeDefect() {
    for (Path path : List.of(directory, instances)) {
      try {
        if (Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_WRITE)) {
          return path
              + " can be written by everyone, so everything in it is ignored: chmod o-w "
              + path;
        }
      } catch (IOException absentOrUnreadable) {
        // Reported when the directory is listed.
      }
    }
    return null;
  }

  /// Returns whether users other than the file's owner can write it.
  static boolean writableByOthers(Path file, Set<PosixFilePermission> permissions) {
    return permissions.contains(PosixFilePermission.OTHERS_WRITE)
        || (permissions.contains(PosixFilePermission.GROUP_WRITE)
            && isDefault(file)
            && StrictModes.othersCanWrite(file));
  }

  @Override
  public boolean isShared() {
    Boolean known = shared;
    if (known == null) {
      known = SharedFileSystems.hold(instances);
      shared = known; // An absent directory is checked again: a watcher may wait for it.
    }
    return known == null || known;
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
      return namesByTheseRights();
    }
  }

  private List<String> namesByTheseRights() throws IOException {
    if (isDefault(instances)) {
      String[] names = instances.toFile().list(); // No path object for each of 10,000 files.
      if (names != null) {
        List<String> readable = new ArrayList<>(names.length);
        for (String name : names) {
          if (name.indexOf(UNDECODABLE) < 0) {
            readable.add(name);
          }
        }
        return readable;
      }
    }
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(instances)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (leadsTo(file, name)) {
          names.add(name);
        }
      }
    } catch (NoSuchFileException absent) {
      return List.of();
    } catch (DirectoryIteratorException unreadable) {
      throw unreadable.getCause();
    }
    return names;
  }

  /// Returns whether a name leads back to its file. An undecodable name is not a record's.
  private boolean leadsTo(Path file, String name) {
    try {
      return instances.resolve(name).equals(file);
    } catch (InvalidPathException noText) {
      return false;
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
      replace(file, instances.resolve(FileNames.temporary(name)), content);
    } catch (IOException failed) {
      throw FileChanges.failure(file, failed);
    }
  }

  private void replace(Path file, Path temporary, byte[] content) throws IOException {
    try {
      write(temporary, content);
      Ownership.asReplaced(file, temporary);
      FileChanges.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | RuntimeException failed) {
      deleteQuietly(temporary, failed);
      throw failed;
    }
  }

  private void write(Path temporary, byte[] content) throws IOException {
    try (SeekableByteChannel channel =
        Files.newByteChannel(temporary, WRITE_NEW, mode(PRIVATE_FILE))) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
  }

  private static void deleteQuietly(Path temporary, Exception failed) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException stillThere) {
      failed.addSuppressed(stillThere);
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
  }

  static boolean isDefault(Path file) {
    return file.getFileSystem().equals(FileSystems.getDefault());
  }

  @Override
  public void setAside(String name) throws IOException {
    try (var _ = DirectoryRights.in(instances)) {
      Path target = instances.resolve(name + SET_ASIDE);
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        target = instances.resolve(name + "." + FileNames.unique() + SET_ASIDE);
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
