package dev.sexton;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A record that cannot be used. The message names the file, what is wrong and what to do. */
public sealed class RecordException extends IOException {
  private static final long serialVersionUID = 1L;

  /** The file does not exist. */
  public static final class Missing extends RecordException {
    private static final long serialVersionUID = 1L;

    /** For a file that is not there. */
    public Missing(Path file) {
      super(
          file + " does not exist: the instance was unregistered, or never registered here", null);
    }
  }

  /** The file is not JSON as RFC 8259 has it: cut off, not UTF-8, or something else altogether. */
  public static final class InvalidJson extends RecordException {
    private static final long serialVersionUID = 1L;

    /** For a file with this defect. */
    public InvalidJson(Object file, String defect, @Nullable Throwable cause) {
      super(file + " is not valid JSON: " + defect, cause);
    }
  }

  /** The file is JSON, but has no key of a record: whatever it is, it is somebody else's. */
  public static final class NoRecord extends RecordException {
    private static final long serialVersionUID = 1L;

    /** For a file that claims nothing. */
    public NoRecord(Object file) {
      super(file + " has no key of a record: it is left alone; move it away if it is yours", null);
    }
  }

  /** The file is JSON, but a key that a record needs is missing, or has no usable value. */
  public static final class InvalidKey extends RecordException {
    private static final long serialVersionUID = 1L;

    private final String key;

    /** For a file whose key has this defect. */
    public InvalidKey(Object file, String key, String defect) {
      super(file + ": key \"" + key + "\" " + defect, null);
      this.key = key;
    }

    /** The key; for a process it is {@code python_processes}. */
    public String key() {
      return key;
    }
  }

  /** The file cannot be read: no permission, too large, not a regular file. */
  public static final class Unreadable extends RecordException {
    private static final long serialVersionUID = 1L;

    /** For a file with this defect. */
    public Unreadable(Object file, String defect, @Nullable Throwable cause) {
      super(file + " cannot be read: " + defect, cause);
    }
  }

  private RecordException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
