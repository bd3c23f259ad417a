package dev.sexton.internal.state;

import dev.sexton.RecordException;
import dev.sexton.internal.process.User;
import dev.sexton.internal.record.RecordReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A state directory on any {@link java.nio.file.FileSystem}. */
public final class FileStateDirectory implements StateDirectory {
  /** The end of a file name that was set aside. */
  public static final String SET_ASIDE = ".unreadable";

  /** The end of the name of a file that is being written. */
  public static final String TEMPORARY = ".tmp";

  /** What was done, the newest last. */
  public static final String JOURNAL = "journal.jsonl";

  /** What was done before the journal grew too long. */
  public static final String OLD_JOURNAL = "journal.1.jsonl";

  /** Stands in a file's name for bytes that are no text here: such a name leads to no file. */
  private static final char UNDECODABLE = '\uFFFD';

  /** So much of a long name is kept, so that it may grow an ending: 255 bytes are the limit. */
  private static final int LONGEST_KEPT = 64;

  /** A journal grows to 8 MiB, about 30,000 stops, and is then kept as the old one. */
  private static final long JOURNAL_LIMIT_BYTES = 8L << 20;

  /** How often a file may be replaced while it is read before we give up. */
  private static final int ATTEMPTS = 50;

  /** File systems that several machines, or a machine and its host, see at once; see mount(8). */
  private static final Set<String> SHARED_FILE_SYSTEMS =
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

  /** What long-lived programs have read, by directory and file name. */
  private static final Map<Path, Map<String, Remembered>> REMEMBERED = new ConcurrentHashMap<>();

  private final Path directory;
  private final Path instances;
  private final @Nullable Map<String, Remembered> remembered;
  private final String application;
  private final boolean posix;
  private volatile @Nullable Boolean shared;

  /** A file that was read before, and what tells whether it was written since. */
  private record Remembered(
      Content content, FileTime modified, long size, @Nullable Object fileKey) {
    static Remembered of(Content content, BasicFileAttributes attributes) {
      return new Remembered(
          content, attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
    }

    boolean isStill(BasicFileAttributes attributes) {
      return attributes.size() == size
          && attributes.lastModifiedTime().equals(modified)
          && Objects.equals(attributes.fileKey(), fileKey);
    }
  }

  /** For the directory that holds, or will hold, {@code instances/}. */
  public FileStateDirectory(Path directory, String application) {
    this(directory, application, null);
  }

  private FileStateDirectory(
      Path directory, String application, @Nullable Map<String, Remembered> remembered) {
    this.remembered = remembered;
    this.directory = directory;
    this.instances = directory.resolve("instances");
    this.application = application;
    this.posix = isPosix(directory);
  }

  /**
   * The same directory for a program that looks at it again and again: what was not written since
   * it was read last is not read again.
   */
  public FileStateDirectory remembering() {
    return new FileStateDirectory(
        directory,
        application,
        REMEMBERED.computeIfAbsent(directory, path -> new ConcurrentHashMap<>()));
  }

  private static boolean isPosix(Path path) {
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
  public @Nullable String distrust() {
    for (Path path : List.of(directory, instances)) {
      try {
        if (posix && writableByAll(Files.getPosixFilePermissions(path))) {
          return path
              + " can be written by everybody, so nothing in it is obeyed: chmod o-w "
              + path;
        }
      } catch (IOException absentOrUnreadable) {
        // Said when it is listed.
      }
    }
    return null;
  }

  private static boolean writableByAll(Set<PosixFilePermission> permissions) {
    return permissions.contains(PosixFilePermission.OTHERS_WRITE);
  }

  @Override
  public boolean isShared() {
    Boolean known = shared;
    if (known == null) {
      known = liesOnSharedFileSystem();
      shared = known;
    }
    return known;
  }

  private boolean liesOnSharedFileSystem() {
    try {
      FileStore store = Files.getFileStore(instances);
      String type = store.type().toLowerCase(Locale.ROOT);
      return SHARED_FILE_SYSTEMS.contains(type) || type.startsWith("fuse.");
    } catch (IOException unknown) {
      return true; // What cannot be told is not judged.
    }
  }

  @Override
  public List<String> list() throws IOException {
    List<String> names = names();
    if (remembered != null) {
      remembered.keySet().retainAll(new HashSet<>(names));
    }
    return names;
  }

  private List<String> names() throws IOException {
    if (instances.getFileSystem().equals(FileSystems.getDefault())) {
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

  /** Whether a name leads back to its file; one that is no text here is no record's either. */
  private boolean leadsTo(Path file, String name) {
    try {
      return instances.resolve(name).equals(file);
    } catch (InvalidPathException noText) {
      return false;
    }
  }

  @Override
  public Content read(String name) throws RecordException {
    return readFile(instances.resolve(name), name, remembered);
  }

  /** As {@link #read}, of any file. */
  public static Content readFile(Path file) throws RecordException {
    return readFile(file, "", null);
  }

  private static Content readFile(
      Path file, String name, @Nullable Map<String, Remembered> remembered) throws RecordException {
    Class<? extends BasicFileAttributes> kind =
        isPosix(file) ? PosixFileAttributes.class : BasicFileAttributes.class;
    try {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        BasicFileAttributes before = attributes(file, kind);
        boolean open =
            before instanceof PosixFileAttributes rights && writableByAll(rights.permissions());
        Remembered known = remembered == null ? null : remembered.get(name);
        if (known != null && known.isStill(before) && known.content().writableByAll() == open) {
          return known.content();
        }
        byte[] bytes = bytes(file);
        // The file at this path may be another one by now, or was when it was opened.
        if (isSame(before, attributes(file, kind)) && before.size() == bytes.length) {
          Content content = new Content(bytes, before.lastModifiedTime().toInstant(), open);
          if (remembered != null) {
            remembered.put(name, Remembered.of(content, before));
          }
          return content;
        }
      }
      throw new IOException("it is replaced over and over");
    } catch (NoSuchFileException missing) {
      throw new RecordException.Missing(file);
    } catch (AccessDeniedException denied) {
      throw new RecordException.Unreadable(file, "permission denied", denied);
    } catch (RecordException ours) {
      throw ours;
    } catch (IOException unreadable) {
      throw new RecordException.Unreadable(
          file, String.valueOf(unreadable.getMessage()), unreadable);
    }
  }

  private static BasicFileAttributes attributes(
      Path file, Class<? extends BasicFileAttributes> kind) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, kind, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      throw new RecordException.Unreadable(file, kind(attributes) + ", not a regular file", null);
    }
    if (attributes.size() > RecordReader.MAX_BYTES) {
      throw new RecordException.Unreadable(
          file,
          "it has "
              + attributes.size()
              + " bytes, more than any record ("
              + RecordReader.MAX_BYTES
              + ")",
          null);
    }
    return attributes;
  }

  private static boolean isSame(BasicFileAttributes one, BasicFileAttributes other) {
    return Objects.equals(one.fileKey(), other.fileKey())
        && one.size() == other.size()
        && one.lastModifiedTime().equals(other.lastModifiedTime());
  }

  private static String kind(BasicFileAttributes attributes) {
    if (attributes.isSymbolicLink()) {
      return "it is a symbolic link";
    }
    return attributes.isDirectory() ? "it is a directory" : "it is a special file";
  }

  /** Reads what was opened to its end, or to the limit if it grows meanwhile. */
  private static byte[] bytes(Path file) throws IOException {
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            file, Set.<OpenOption>of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      long size = Math.min(channel.size(), RecordReader.MAX_BYTES);
      ByteBuffer buffer = ByteBuffer.allocate((int) size);
      int read = 0;
      while (buffer.hasRemaining() && read >= 0) {
        read = channel.read(buffer);
      }
      return Arrays.copyOf(buffer.array(), buffer.position());
    }
  }

  @Override
  public @Nullable User owner(String name) {
    Path file = instances.resolve(name);
    try {
      if (posix
          && Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS)
              instanceof Integer uid) {
        return new User(uid, "");
      }
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException noNumber) {
      // Not every file system has numbers; all have names.
    }
    return ownerByName(name);
  }

  @Override
  public @Nullable User ownerByName(String name) {
    Path file = instances.resolve(name);
    try {
      return new User(-1, Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).getName());
    } catch (IOException | UnsupportedOperationException unknown) {
      return null;
    }
  }

  @Override
  public @Nullable Instant modified(String name) {
    try {
      return Files.getLastModifiedTime(instances.resolve(name), LinkOption.NOFOLLOW_LINKS)
          .toInstant();
    } catch (IOException gone) {
      return null;
    }
  }

  @Override
  public void replace(String name, byte[] content) throws IOException {
    Path file = instances.resolve(name);
    String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
    Path temporary = instances.resolve(name + "." + unique + TEMPORARY);
    try {
      write(temporary, content);
      Ownership.asReplaced(file, temporary);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | RuntimeException failed) {
      deleteQuietly(temporary, failed);
      throw failed;
    }
  }

  private void write(Path temporary, byte[] content) throws IOException {
    Set<OpenOption> options = Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    try (SeekableByteChannel channel =
        Files.newByteChannel(temporary, options, mode("rw-------"))) {
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
    Files.createDirectories(instances, mode("rwx------"));
  }

  private FileAttribute<?>[] mode(String permissions) {
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(instances.resolve(name));
  }

  @Override
  public void setAside(String name) throws IOException {
    String kept = name.length() > LONGEST_KEPT ? name.substring(0, LONGEST_KEPT) : name;
    Path target = instances.resolve(kept + SET_ASIDE);
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      String unique = Long.toHexString(ThreadLocalRandom.current().nextLong());
      target = instances.resolve(kept + "." + unique + SET_ASIDE);
    }
    Files.move(instances.resolve(name), target, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public Path lockFile(String instanceId) {
    return instances.resolve(instanceId + ".lock");
  }

  @Override
  public void appendJournal(List<String> lines) throws IOException {
    if (lines.isEmpty()) {
      return;
    }
    Path journal = directory.resolve(JOURNAL);
    requireRegular(journal);
    byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    Set<OpenOption> options =
        Set.of(StandardOpenOption.APPEND, StandardOpenOption.CREATE, LinkOption.NOFOLLOW_LINKS);
    try (SeekableByteChannel channel = Files.newByteChannel(journal, options, mode("rw-------"))) {
      Ownership.asItsDirectory(journal);
      // One write, so that lines of two sweepers do not mix.
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      if (channel.size() > JOURNAL_LIMIT_BYTES) {
        Files.move(
            journal,
            directory.resolve(OLD_JOURNAL),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** Opening a FIFO for writing would wait for somebody who reads it. */
  private static void requireRegular(Path file) throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(file + " is not a regular file: move it away");
    }
  }

  @Override
  public List<String> readJournal() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String name : List.of(OLD_JOURNAL, JOURNAL)) {
      Path journal = directory.resolve(name);
      if (!Files.isRegularFile(journal, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      try (InputStream in = Files.newInputStream(journal, LinkOption.NOFOLLOW_LINKS)) {
        // A line that is being written, or was cut off, must not cost the others.
        byte[] bytes = in.readNBytes((int) (4 * JOURNAL_LIMIT_BYTES));
        new String(bytes, StandardCharsets.UTF_8).lines().forEach(lines::add);
      }
    }
    return lines;
  }
}
