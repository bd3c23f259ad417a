package dev.sexton.cli.setup;

import java.util.Comparator;
import java.util.List;

/// A replacement of a part of a text.
///
/// @param start the index of the first character that is replaced
/// @param end the index after the last one; the same as `start` for an insertion
record Edit(int start, int end, String replacement) {
  /// Returns a text with all edits. They must not overlap.
  static String apply(String text, List<Edit> edits) {
    StringBuilder result = new StringBuilder(text);
    List<Edit> fromTheEnd =
        edits.stream().sorted(Comparator.comparingInt(Edit::start).reversed()).toList();
    for (Edit edit : fromTheEnd) {
      result.replace(edit.start(), edit.end(), edit.replacement());
    }
    return result.toString();
  }
}
