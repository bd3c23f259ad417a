package dev.sexton;

import com.google.gson.JsonObject;
import dev.sexton.SweepReport.Problem;
import dev.sexton.internal.state.FileNames;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.state.JournalTail;
import dev.sexton.internal.state.StateDirectories;
import dev.sexton.internal.sweep.JournalReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What was stopped, by the journals of all state directories of a [StateScope]. The journals cover
/// about a month on a busy machine.
public final class History {
  /// The name of the current journal in a state directory.
  public static final String JOURNAL = FileNames.JOURNAL;

  private final List<HistoryEntry> entries;
  private final List<Problem> problems;
  private final boolean hasJournal;

  private History(List<HistoryEntry> entries, List<Problem> problems, boolean hasJournal) {
    this.entries = tidy(entries);
    this.problems = List.copyOf(problems);
    this.hasJournal = hasJournal;
  }

  /// Reads the journals. Failures are never thrown. They are in the result.
  ///
  /// @param scope the state directories whose journals are read
  /// @return the stops, and the journals that could not be read
  /// @throws java.nio.file.InvalidPathException if the scope has no state directory
  public static History read(StateScope scope) {
    List<HistoryEntry> entries = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    boolean hasJournal = false;
    for (FileStateDirectory directory : StateDirectories.in(scope)) {
      String defect = defect(directory);
      if (defect != null) {
        problems.add(new Problem(directory.path(), defect));
        continue;
      }
      try {
        JournalReader.read(directory).forEach(line -> add(entries, line));
        hasJournal |= directory.exists();
      } catch (IOException unreadable) {
        problems.add(new Problem(directory.path(), cannotBeRead(unreadable)));
      }
    }
    return new History(entries, problems, hasJournal);
  }

  /// {@return a follower of the journals, including those created later}
  ///
  /// @param scope the state directories whose journals are followed
  public static Follower follow(StateScope scope) {
    return new Follower(scope);
  }

  /// {@return the stops, oldest first} There is one entry for each stop, also for that of a large
  /// tree, and one for each announcement of signals whose outcome nobody wrote.
  public List<HistoryEntry> entries() {
    return entries;
  }

  /// {@return the journals that could not be read, and why}
  public List<Problem> problems() {
    return problems;
  }

  /// {@return whether the journal of at least one existing state directory could be read}
  public boolean hasJournal() {
    return hasJournal;
  }

  /// Follows journals. Not safe for use by multiple threads.
  public static final class Follower {
    private final StateScope scope;
    private final Map<Path, JournalTail> tails = new LinkedHashMap<>();

    private Follower(StateScope scope) {
      this.scope = scope;
    }

    /// {@return the journals that cannot be followed now, and why}
    public List<Problem> problems() {
      List<Problem> problems = new ArrayList<>();
      for (FileStateDirectory directory : StateDirectories.in(scope)) {
        String defect = defect(directory);
        if (defect != null) {
          problems.add(new Problem(directory.path(), defect));
        }
      }
      return problems;
    }

    /// {@return the stops since the last call} The first call returns all stops.
    public List<HistoryEntry> read() {
      List<HistoryEntry> entries = new ArrayList<>();
      for (FileStateDirectory directory : StateDirectories.in(scope)) {
        JournalTail tail = tails.computeIfAbsent(directory.path(), path -> new JournalTail(path));
        try {
          tail.read().forEach(line -> add(entries, JournalReader.parse(line)));
        } catch (IOException unreadableForNow) {
          // Tried again: the directory may be created, or its permissions corrected.
        }
      }
      return tidy(entries);
    }
  }

  private static void add(List<HistoryEntry> entries, @Nullable JsonObject line) {
    HistoryEntry entry = line == null ? null : HistoryEntry.of(line);
    if (entry != null) {
      entries.add(entry);
    }
  }

  /// Joins the parts of a large tree, and omits the announcements of a sweeper that also logged the
  /// result later. The remaining announcements are signals of sweepers that were killed.
  private static List<HistoryEntry> tidy(List<HistoryEntry> entries) {
    List<HistoryEntry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparing(HistoryEntry::at));
    List<HistoryEntry> whole = whole(sorted);
    Set<String> settled = new HashSet<>();
    List<HistoryEntry> tidy = new ArrayList<>();
    for (HistoryEntry entry : whole.reversed()) {
      if (!entry.isSignal()) {
        settled.add(entry.target());
      } else if (settled.contains(entry.target())) {
        continue;
      }
      tidy.addFirst(entry);
    }
    return List.copyOf(tidy);
  }

  private static List<HistoryEntry> whole(List<HistoryEntry> entries) {
    Map<String, HistoryEntry> firsts = new HashMap<>();
    Map<HistoryEntry, List<HistoryEntry>> parts = new HashMap<>();
    List<HistoryEntry> whole = new ArrayList<>();
    for (HistoryEntry entry : entries) {
      String key = entry.atText() + " " + entry.kind() + " " + entry.target();
      HistoryEntry first = entry.part() > 1 ? firsts.get(key) : null;
      if (first != null) {
        parts.computeIfAbsent(first, one -> new ArrayList<>()).add(entry);
        continue;
      }
      if (entry.part() == 1) {
        firsts.put(key, entry);
      }
      whole.add(entry);
    }
    whole.replaceAll(entry -> {
      List<HistoryEntry> others = parts.get(entry);
      return others == null ? entry : entry.with(others);
    });
    return whole;
  }

  /// Returns why the journal of a directory cannot be used; null if it can be read or does not
  /// exist.
  private static @Nullable String defect(FileStateDirectory directory) {
    String distrust = directory.untrustedReason();
    if (distrust != null) {
      return distrust;
    }
    for (String name : List.of(FileNames.JOURNAL, FileNames.OLD_JOURNAL)) {
      Path journal = directory.path().resolve(name);
      try {
        if (!Files.readAttributes(journal, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
            .isRegularFile()) {
          return journal + " is not a regular file: move it away";
        }
      } catch (NoSuchFileException none) {
        // Then there is nothing to read.
      } catch (IOException hidden) {
        return cannotBeRead(hidden);
      }
    }
    return null;
  }

  private static String cannotBeRead(IOException unreadable) {
    return "its journal cannot be read ("
        + unreadable.getMessage()
        + "): check its permissions, or run as its owner";
  }
}
