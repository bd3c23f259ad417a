package dev.sexton.cli;

import dev.sexton.internal.state.FileStateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Follows the journals of all state directories, including those created later.
final class JournalFollower {
  /// How often the journals' sizes are checked: fast enough for a person who watches.
  private static final long PAUSE_MILLIS = 500;

  private final StateScope places;
  private final StopFilter filter;
  private final Map<Path, JournalTail> tails = new LinkedHashMap<>();

  JournalFollower(StateScope places, StopFilter filter) {
    this.places = places;
    this.filter = filter;
  }

  /// Returns when the thread is interrupted, or when stdout can no longer be written to, for
  /// example because its reader has gone. A signal ends the JVM before.
  void follow(HistoryOutput output) {
    while (!Thread.currentThread().isInterrupted() && !output.isLost()) {
      List<Stop> stops = news();
      stops.sort(Stop::byTime);
      List<Stop> wanted = new ArrayList<>(Stops.tidy(stops));
      wanted.removeIf(stop -> !filter.accepts(stop));
      output.print(wanted);
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException over) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// Returns what was written since the last call.
  List<Stop> news() {
    List<Stop> stops = new ArrayList<>();
    for (FileStateDirectory directory : places.directories()) {
      JournalTail tail = tails.computeIfAbsent(directory.path(), path -> new JournalTail(path));
      try {
        for (String line : tail.read()) {
          Stop stop = Stop.of(line);
          if (stop != null) {
            stops.add(stop);
          }
        }
      } catch (IOException unreadableForNow) {
        // Tried again: the directory may be created, or its permissions corrected.
      }
    }
    return stops;
  }
}
