package dev.sexton.internal.sweep;

import dev.sexton.internal.state.StateDirectory;

/// An instance that a line of a journal is about.
///
/// @param directory the directory with its journal
/// @param application its application
/// @param instanceId its UUID
public record JournalSubject(StateDirectory directory, String application, String instanceId) {
  static JournalSubject of(ObservedInstance instance) {
    return new JournalSubject(instance.directory(), instance.application(), instance.instanceId());
  }
}
