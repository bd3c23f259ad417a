package dev.sexton;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Thrown when a record cannot be used. The message names the file, the defect and, where possible,
/// a remedy.
public sealed class RecordException extends IOException {
  private static final long serialVersionUID = 1L;

  /// The file does not exist.
  public static final class Missing extends RecordException {
    private static final long serialVersionUID = 1L;

    /// Creates the exception for a missing file.
    ///
    /// @param file the path of the record
    public Missing(Path file) {
      super(
          file + " does not exist: the instance was unregistered, or was never registered here",
          null);
    }
  }

  /// The file is not valid JSON (RFC 8259): it is truncated, not UTF-8, or in another format.
  public static final class InvalidJson extends RecordException {
    private static final long serialVersionUID = 1L;

    /// Creates the exception for a file with this defect.
    ///
    /// @param file the file, as the message is to name it
    /// @param defect what is wrong, and where; ends the message
    /// @param cause the failure of the parser; null if there is none
    public InvalidJson(Object file, String defect, @Nullable Throwable cause) {
      super(file + " is not valid JSON: " + defect, cause);
    }
  }

  /// The file is JSON but has no key of a record, so it belongs to another program.
  public static final class NoRecord extends RecordException {
    private static final long serialVersionUID = 1L;

    /// Creates the exception for a file without any key of a record.
    ///
    /// @param file the file, as the message is to name it
    public NoRecord(Object file) {
      super(
          file + " has none of the keys of a record: it is left alone; move it away if it is yours",
          null);
    }
  }

  /// The file is JSON, but a required key is missing or has no usable value.
  public static final class InvalidKey extends RecordException {
    private static final long serialVersionUID = 1L;

    /// The key that is missing or has no usable value.
    private final String key;

    /// Creates the exception for a file whose key has this defect.
    ///
    /// @param file the file, as the message is to name it
    /// @param key the key of the record
    /// @param defect what is wrong with its value; ends the message
    public InvalidKey(Object file, String key, String defect) {
      super(file + ": key \"" + key + "\" " + defect, null);
      this.key = key;
    }

    /// {@return the key} For an invalid process it is `python_processes`.
    public String key() {
      return key;
    }
  }

  /// The file cannot be read: permission is missing, it is too large, or it is not a regular file.
  public static final class Unreadable extends RecordException {
    private static final long serialVersionUID = 1L;

    /// Creates the exception for a file with this defect.
    ///
    /// @param file the file, as the message is to name it
    /// @param defect why it cannot be read, and what to do; ends the message
    /// @param cause the failure of the read; null if none was tried
    public Unreadable(Object file, String defect, @Nullable Throwable cause) {
      super(file + " cannot be read: " + defect, cause);
    }
  }

  private RecordException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
