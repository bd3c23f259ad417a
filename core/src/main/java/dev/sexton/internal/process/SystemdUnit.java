package dev.sexton.internal.process;

import org.jspecify.annotations.Nullable;

/// The systemd unit in a process's control group. See `/proc/PID/cgroup` in cgroups(7) and the
/// naming of units in systemd.unit(5).
public final class SystemdUnit {
  /// The kinds of units that contain processes themselves. A slice only groups other units.
  private static final String[] KINDS = {".service", ".scope", ".socket", ".mount", ".swap"};

  private SystemdUnit() {}

  /// Extracts the unit from the content of `/proc/PID/cgroup`. Empty if there is none, null if the
  /// file could not be read.
  ///
  /// systemd keeps its groups in the hierarchy called `name=systemd` (version 1), or in the only
  /// hierarchy (version 2, number 0). The deepest unit counts, because the unit of a user's own
  /// service manager is below the one that runs the manager.
  public static @Nullable String of(String cgroup) {
    if (cgroup.isEmpty()) {
      return null;
    }
    String named = "";
    String unified = "";
    for (String line : cgroup.split("\n", -1)) {
      int first = line.indexOf(':');
      int second = line.indexOf(':', first + 1);
      if (first < 0 || second < 0) {
        continue;
      }
      String controllers = line.substring(first + 1, second);
      if (controllers.equals("name=systemd")) {
        named = unit(line.substring(second + 1));
      } else if (controllers.isEmpty()) {
        unified = unit(line.substring(second + 1));
      }
    }
    return named.isEmpty() ? unified : named;
  }

  private static String unit(String path) {
    String[] names = path.split("/", -1);
    for (int i = names.length - 1; i >= 0; i--) {
      for (String kind : KINDS) {
        if (names[i].length() > kind.length() && names[i].endsWith(kind)) {
          return names[i];
        }
      }
    }
    return "";
  }
}
