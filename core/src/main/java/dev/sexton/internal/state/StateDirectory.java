package dev.sexton.internal.state;

import dev.sexton.RecordException;
import dev.sexton.internal.process.User;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.RecordReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The port to one state directory. Implementations are safe for use by several threads. */
public interface StateDirectory {
  /** A file as it was read. Safe for use by several threads. */
  final class Content {
    private final byte[] bytes;
    private final Instant modified;
    private final boolean writableByOthers;
    private volatile @Nullable InstanceRecord record;

    /**
     * What was read.
     *
     * @param bytes its whole content; not to be changed any more
     * @param modified when it was last written
     * @param writableByOthers whether others than its owner can write it
     */
    public Content(byte[] bytes, Instant modified, boolean writableByOthers) {
      this.bytes = bytes;
      this.modified = modified;
      this.writableByOthers = writableByOthers;
    }

    /** Its whole content; not to be changed. */
    public byte[] bytes() {
      return bytes;
    }

    /** When it was last written. */
    public Instant modified() {
      return modified;
    }

    /** Whether others than its owner can write it. */
    public boolean writableByOthers() {
      return writableByOthers;
    }

    /**
     * The record in it, which is parsed once.
     *
     * @param file what to call it in messages
     */
    public InstanceRecord record(Object file) throws RecordException {
      InstanceRecord parsed = record;
      if (parsed == null) {
        parsed = RecordReader.read(bytes, file);
        record = parsed;
      }
      return parsed;
    }
  }

  /** What the record of an instance is called. */
  static String recordOf(String instanceId) {
    return instanceId + ".json";
  }

  /** The instance whose record a file would be by its name; null if it is not that of a record. */
  static @Nullable String instanceOf(String fileName) {
    return FileNames.kind(fileName) == FileNames.Kind.RECORD
        ? FileNames.instanceOf(fileName)
        : null;
  }

  /** The directory that holds {@code instances/}. */
  Path path();

  /** The application whose instances it holds, unless a record names another. */
  String application();

  /** Whether there is such a directory. */
  boolean exists();

  /** Why the directory must not be obeyed, with the remedy; null if it may be. */
  @Nullable String untrustedReason();

  /** Whether it lies on a file system that other machines may share. */
  boolean isShared();

  /** Creates the directory and {@code instances/}, readable by their owner only. */
  void create() throws IOException;

  /**
   * The names of all files in {@code instances/}, in no particular order; none if there is no such
   * directory.
   *
   * @throws IOException if it cannot be read
   */
  List<String> list() throws IOException;

  /**
   * Reads a file of {@code instances/}, without following a link, and only if it is a regular file
   * of a sane size.
   *
   * @throws RecordException.Missing if there is none
   * @throws RecordException.Unreadable if it cannot or must not be read
   */
  Content read(String name) throws RecordException;

  /** Who owns a file of {@code instances/}; null if that cannot be told. */
  @Nullable User owner(String name);

  /** As {@link #owner}, but by name, for want of numbers to compare it with. */
  default @Nullable User ownerByName(String name) {
    return owner(name);
  }

  /** When a file of {@code instances/} was last written; null if it is gone. */
  @Nullable Instant modified(String name);

  /**
   * Puts a file in place as a whole: whoever reads it sees the old content or the new. It stays its
   * owner's, also if root writes it.
   */
  void replace(String name, byte[] content) throws IOException;

  /** Removes a file of {@code instances/}; one that is gone counts as done. */
  void delete(String name) throws IOException;

  /** Renames a file of {@code instances/} so that nobody takes it for a record any more. */
  void setAside(String name) throws IOException;

  /** The lock file of an instance. */
  Path lockFile(String instanceId);

  /** Appends lines to the journal, each as a whole. */
  void appendJournal(List<String> lines) throws IOException;

  /// A boot in which an instance was registered in this directory.
  ///
  /// @param host the host's identity
  /// @param id identifies the boot of it
  /// @param at when this was noted, by the wall clock
  record Boot(String host, String id, Instant at) {}

  /// Returns the boots that [#noteBoot] noted, the oldest first; what cannot be read is left out.
  /// The list is kept where no other machine sees it.
  List<Boot> boots();

  /// Adds a boot to the list that [#boots] returns. Does nothing where no place is this machine's
  /// alone.
  void noteBoot(Boot boot) throws IOException;

  /** All lines of the journal, the oldest first; none if there is no journal. */
  List<String> readJournal() throws IOException;
}
