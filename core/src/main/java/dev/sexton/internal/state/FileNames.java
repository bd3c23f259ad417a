package dev.sexton.internal.state;

import dev.sexton.internal.record.InstanceRecord;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The names of the files in `instances/`. Whatever has another name is somebody else's: it is
/// neither read nor renamed nor removed.
public final class FileNames {
  private static final String RECORD = ".json";
  private static final String LOCK = ".lock";
  private static final String TEMPORARY = ".tmp";
  private static final int UUID_LENGTH = 36;

  /// What a file is by its name.
  public enum Kind {
    /// `{uuid}.json`.
    RECORD,
    /// `{uuid}.lock`.
    LOCK,
    /// `{uuid}.json.{hex}.tmp`; the original writes `{uuid}.tmp`.
    TEMPORARY,
    /// `{uuid}.json.unreadable` and the like: a file of ours that was set aside.
    SET_ASIDE,
    /// None of ours.
    FOREIGN
  }

  private FileNames() {}

  /// What a file of this name is.
  public static Kind kind(String name) {
    if (instanceOf(name) == null) {
      return Kind.FOREIGN;
    }
    String ending = name.substring(UUID_LENGTH);
    if (ending.equals(RECORD)) {
      return Kind.RECORD;
    }
    if (ending.equals(LOCK)) {
      return Kind.LOCK;
    }
    if (ending.endsWith(FileStateDirectory.SET_ASIDE)
        && (ending.startsWith(RECORD) || ending.startsWith(TEMPORARY))) {
      return Kind.SET_ASIDE;
    }
    boolean ours =
        ending.startsWith(RECORD + ".")
            && ending.endsWith(TEMPORARY)
            && isHex(ending, RECORD.length() + 1, ending.length() - TEMPORARY.length());
    return ours || ending.equals(TEMPORARY) ? Kind.TEMPORARY : Kind.FOREIGN;
  }

  private static boolean isHex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (Character.digit(text.charAt(i), 16) < 0 || text.charAt(i) > 'f') {
        return false;
      }
    }
    return to > from;
  }

  /// The UUID with which a name begins; null if it begins with none.
  public static @Nullable String instanceOf(String name) {
    if (name.length() <= UUID_LENGTH) {
      return null;
    }
    String id = name.substring(0, UUID_LENGTH);
    return InstanceRecord.isUuid(id) ? id : null;
  }

  /// A new name for a file that is to become the one of this name.
  static String temporary(String name) {
    return name + "." + unique() + TEMPORARY;
  }

  static String unique() {
    return Long.toHexString(ThreadLocalRandom.current().nextLong());
  }
}
