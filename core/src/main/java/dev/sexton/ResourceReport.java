package dev.sexton;

import java.util.List;

/// The result of a sweep for one resource of a dead instance: a process with its descendants, a
/// labelled resource of a container engine, or an engine that could not be queried. Immutable.
public sealed interface ResourceReport {
  /// {@return the kind of the resource}
  ResourceKind kind();

  /// {@return the name under which it was tracked, or the engine's name} `(marked)` for a process
  /// that was found by its environment, `(session)` for one that was found by its owner's session.
  String name();

  /// {@return what the sweep did with it}
  Result result();

  /// {@return the outcome}
  default Outcome outcome() {
    return result().outcome();
  }

  /// {@return a human-readable reason for the outcome}
  default String reason() {
    return result().reason();
  }

  /// {@return the time it took, in milliseconds}
  default long millis() {
    return result().millis();
  }

  /// What a sweep did with a resource.
  ///
  /// @param outcome the outcome
  /// @param reason a human-readable reason
  /// @param millis the time it took, in milliseconds
  record Result(Outcome outcome, String reason, long millis) {
    /// Creates the result for a resource that took no time, because nothing was stopped.
    ///
    /// @param outcome the outcome
    /// @param reason a human-readable reason
    public Result(Outcome outcome, String reason) {
      this(outcome, reason, 0);
    }
  }

  /// The result for a process and its descendants.
  ///
  /// @param name the name (see [ResourceReport#name])
  /// @param pid the PID of the first process; 0 if the record has none that is valid
  /// @param pids the PIDs of all processes of the tree, including the first
  /// @param result what the sweep did
  record ProcessReport(String name, long pid, List<Long> pids, Result result)
      implements ResourceReport {
    /// Copies the list.
    public ProcessReport {
      pids = List.copyOf(pids);
    }

    /// Creates the report for a single process.
    ///
    /// @param name the name (see [ResourceReport#name])
    /// @param pid the PID of the process; 0 if the record has none that is valid
    /// @param result what the sweep did
    public ProcessReport(String name, long pid, Result result) {
      this(name, pid, List.of(pid), result);
    }

    @Override
    public ResourceKind kind() {
      return ResourceKind.PROCESS;
    }
  }

  /// The result for a container, network or volume, or an object of Kubernetes.
  ///
  /// @param kind the kind of the resource
  /// @param name the engine's name
  /// @param id the engine's ID
  /// @param result what the sweep did
  record LabelledReport(ResourceKind kind, String name, String id, Result result)
      implements ResourceReport {}

  /// The result for all containers of an engine that could not be queried.
  ///
  /// @param result why it could not be queried
  record EngineReport(Result result) implements ResourceReport {
    @Override
    public ResourceKind kind() {
      return ResourceKind.CONTAINER;
    }

    @Override
    public String name() {
      return "(engine)";
    }
  }
}
