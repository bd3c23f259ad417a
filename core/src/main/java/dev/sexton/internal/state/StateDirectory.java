package dev.sexton.internal.state;

import dev.sexton.RecordException;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.process.User;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.RecordReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The port to one state directory. Implementations are safe for use by several threads.
public interface StateDirectory {
  /// A file as it was read. Safe for use by several threads.
  final class Content {
    private final byte[] bytes;
    private final Instant modified;
    private final boolean writableByOthers;
    private volatile @Nullable InstanceRecord record;

    /// Creates the content of a file.
    ///
    /// @param bytes its whole content, which must not be changed any more
    /// @param modified when it was last written
    /// @param writableByOthers whether users other than its owner can write it
    public Content(byte[] bytes, Instant modified, boolean writableByOthers) {
      this.bytes = bytes;
      this.modified = modified;
      this.writableByOthers = writableByOthers;
    }

    /// Returns its whole content, which must not be changed.
    public byte[] bytes() {
      return bytes;
    }

    /// Returns when it was last written.
    public Instant modified() {
      return modified;
    }

    /// Returns whether users other than its owner can write it.
    public boolean writableByOthers() {
      return writableByOthers;
    }

    /// Returns the record in it, which is parsed once.
    ///
    /// @param file the file's name in messages
    public InstanceRecord record(Object file) throws RecordException {
      InstanceRecord parsed = record;
      if (parsed == null) {
        parsed = RecordReader.read(bytes, file);
        record = parsed;
      }
      return parsed;
    }
  }

  /// Returns the file name of an instance's record.
  static String recordOf(String instanceId) {
    return instanceId + ".json";
  }

  /// Returns the instance whose record a file is by its name, or null if it is not a record's name.
  static @Nullable String instanceOf(String fileName) {
    return FileNames.kind(fileName) == FileNames.Kind.RECORD
        ? FileNames.instanceOf(fileName)
        : null;
  }

  /// Returns the directory that contains `instances/`.
  Path path();

  /// Returns the path of a file among the records, whether or not it exists.
  default Path file(String name) {
    return path().resolve("instances").resolve(name);
  }

  /// Returns the application of its instances, unless a record names another.
  String application();

  /// Returns whether the directory exists.
  boolean exists();

  /// Returns why the directory must not be trusted, with the remedy, or null if it may be.
  @Nullable String untrustedReason();

  /// Returns whether it is on a file system that other machines may share.
  boolean isShared();

  /// Creates the directory and `instances/`, readable by their owner only.
  void create() throws IOException;

  /// Returns the names of all files in `instances/`, in no particular order. Empty if there is no
  /// such directory.
  ///
  /// @throws IOException if it cannot be read
  List<String> list() throws IOException;

  /// Reads a file of `instances/`, without following a link, and only if it is a regular file of a
  /// sane size.
  ///
  /// @throws RecordException.Missing if there is none
  /// @throws RecordException.Unreadable if it cannot or must not be read
  Content read(String name) throws RecordException;

  /// Returns the owner of a file of `instances/`, or null if that cannot be determined.
  @Nullable User owner(String name);

  /// Like [#owner], but by name, if there is no ID to compare it with.
  default @Nullable User ownerByName(String name) {
    return owner(name);
  }

  /// Like [#owner], as this process table names users.
  default @Nullable User owner(String name, ProcessReader processes) {
    // Prefers numeric IDs: looking up a name may require the network.
    return processes.tellsUserNames() ? ownerByName(name) : owner(name);
  }

  /// Returns when a file of `instances/` was last written, or null if it is gone.
  @Nullable Instant modified(String name);

  /// Replaces a file atomically: a reader sees either the old or the new content. The file keeps
  /// its owner, even if root writes it.
  void replace(String name, byte[] content) throws IOException;

  /// Removes a file of `instances/`. A missing file counts as removed.
  void delete(String name) throws IOException;

  /// Renames a file of `instances/` so that it no longer counts as a record.
  void setAside(String name) throws IOException;

  /// Returns the lock file of an instance.
  Path lockFile(String instanceId);

  /// Appends lines to the journal, each as a whole.
  void appendJournal(List<String> lines) throws IOException;

  /// A boot in which an instance was registered in this directory.
  ///
  /// @param host the host's identity
  /// @param id identifies the boot of the host
  /// @param at when the boot was noted, by the wall clock
  record Boot(String host, String id, Instant at) {}

  /// Returns the boots that [#noteBoot] noted, the oldest first. Unreadable entries are left out.
  /// The list is kept where no other machine sees it.
  List<Boot> boots();

  /// Adds a boot to the list that [#boots] returns. Does nothing if no place is this machine's
  /// alone.
  void noteBoot(Boot boot) throws IOException;

  /// Returns all lines of the journal, the oldest first. Empty if there is no journal.
  List<String> readJournal() throws IOException;
}
