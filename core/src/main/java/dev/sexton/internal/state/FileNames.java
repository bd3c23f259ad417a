package dev.sexton.internal.state;

import dev.sexton.internal.record.InstanceRecord;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The names of the files in a state directory. A file in `instances/` with any other name does not
/// belong to Sexton and is neither read nor renamed nor removed.
public final class FileNames {
  /// The current journal, with the newest entry last.
  public static final String JOURNAL = "journal.jsonl";

  /// The previous journal, from before the current one was started.
  public static final String OLD_JOURNAL = "journal.1.jsonl";

  /// Locked while the journal is rotated.
  static final String JOURNAL_LOCK = "journal.lock";

  /// The list of boots in which instances were registered here.
  public static final String BOOTS = "boots";

  /// The suffix of a file in `instances/` that was set aside.
  static final String SET_ASIDE = ".unreadable";

  private static final String RECORD = ".json";
  private static final String LOCK = ".lock";
  private static final String TEMPORARY = ".tmp";
  private static final int UUID_LENGTH = 36;

  /// The kind of a file in `instances/`, by its name.
  public enum Kind {
    /// `{uuid}.json`.
    RECORD,
    /// `{uuid}.lock`.
    LOCK,
    /// `{uuid}.json.{hex}.tmp`. The original writes `{uuid}.tmp`.
    TEMPORARY,
    /// `{uuid}.json.unreadable` and the like: a file of Sexton that was set aside.
    SET_ASIDE,
    /// Not a file of Sexton.
    FOREIGN
  }

  private FileNames() {}

  /// Returns the kind of a file in `instances/` with this name.
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
    if (ending.endsWith(SET_ASIDE) && (ending.startsWith(RECORD) || ending.startsWith(TEMPORARY))) {
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

  /// Returns the UUID at the beginning of a name, or null if there is none.
  public static @Nullable String instanceOf(String name) {
    if (name.length() <= UUID_LENGTH) {
      return null;
    }
    String id = name.substring(0, UUID_LENGTH);
    return InstanceRecord.isUuid(id) ? id : null;
  }

  /// Returns a new temporary name for a file that will be renamed to this name.
  static String temporary(String name) {
    return name + "." + unique() + TEMPORARY;
  }

  static String unique() {
    return Long.toHexString(ThreadLocalRandom.current().nextLong());
  }
}
