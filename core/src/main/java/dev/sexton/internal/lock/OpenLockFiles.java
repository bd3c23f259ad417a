package dev.sexton.internal.lock;

import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The lock files that this JVM has open, across class loaders. Closing any descriptor of a file
/// drops every lock that the process has on it (fcntl(2)), so no file may be open here twice.
///
/// The only place that all class loaders share is the map of the system properties. A program may
/// print and store those, so they only receive text: one property per file, while it is open.
final class OpenLockFiles {
  private static final String PREFIX = "dev.sexton.lock.";

  /// Present as long as the system properties are those that this class has written to.
  private static final String WRITTEN = "dev.sexton.locks";

  /// Distinguishes a lock of this run from a property that a program stored in an earlier run and
  /// read back.
  private static final String THIS_JVM = " of process " + ProcessHandle.current().pid();

  /// The files of this class loader. Kept here too, because a program may replace the system
  /// properties.
  private static final Map<String, String> FILES = new ConcurrentHashMap<>();

  /// Why this JVM has a lock file open.
  enum Use {
    OWNING,
    SWEEPING,
    ASKING
  }

  private OpenLockFiles() {}

  /// Reserves a file. Returns null on success, or what it is already open for.
  static @Nullable Use reserve(String fileKey, Use use) {
    String value = use.name() + THIS_JVM;
    Properties properties = properties();
    String other = FILES.putIfAbsent(fileKey, value);
    if (other != null) {
      return use(other);
    }
    Object others = properties.putIfAbsent(PREFIX + fileKey, value);
    if (others == null) {
      return null;
    }
    if (others instanceof String text && text.endsWith(THIS_JVM)) {
      FILES.remove(fileKey);
      return use(text);
    }
    properties.put(PREFIX + fileKey, value);
    return null;
  }

  private static Use use(String value) {
    return Use.valueOf(value.substring(0, value.indexOf(' ')));
  }

  static void release(String fileKey) {
    // The property goes first: while it exists, no other class loader reserves the file.
    String value = FILES.get(fileKey);
    if (value != null) {
      System.getProperties().remove(PREFIX + fileKey, value);
      FILES.remove(fileKey, value);
    }
  }

  private static Properties properties() {
    Properties properties = System.getProperties();
    if (!properties.containsKey(WRITTEN)) { // Changing them makes threads wait for each other.
      properties.put(WRITTEN, "open lock files of this JVM, each in a property of its own");
      FILES.forEach((file, value) -> properties.putIfAbsent(PREFIX + file, value));
    }
    return properties;
  }
}
