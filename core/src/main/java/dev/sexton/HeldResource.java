package dev.sexton;

import java.util.List;

/// A resource that an instance holds: a process with its descendants, or a labelled resource of a
/// container engine. Immutable.
public sealed interface HeldResource {
  /// {@return the kind of the resource}
  ResourceKind kind();

  /// {@return the name under which it was tracked, or the engine's name} For a process that was
  /// found without the record it is the evidence, such as `(marked)`.
  String name();

  /// {@return whether it exists and belongs to the instance}
  Status status();

  /// The status of a resource.
  ///
  /// @param state whether it exists
  /// @param detail how it is known to belong to the instance, or why it does not; for a labelled
  ///   resource, the engine's word for its state
  record Status(State state, String detail) {}

  /// Whether a recorded resource still exists.
  enum State {
    /// It exists and belongs to the instance. A container exists even if it is not running.
    RUNNING,
    /// It is gone.
    GONE,
    /// Its PID belongs to another process now.
    RECYCLED,
    /// It exists, but is not the instance's to stop.
    KEPT,
    /// It exists, but whether it belongs to the instance cannot be determined.
    UNCLAIMED
  }

  /// A process and its descendants.
  ///
  /// @param name the name (see [HeldResource#name])
  /// @param pid the PID of the first process
  /// @param members all existing processes, including the first
  /// @param status whether they exist
  record HeldProcess(String name, long pid, List<Member> members, Status status)
      implements HeldResource {
    /// Copies the list.
    public HeldProcess {
      members = List.copyOf(members);
    }

    @Override
    public ResourceKind kind() {
      return ResourceKind.PROCESS;
    }

    /// {@return the PIDs of all existing processes}
    public List<Long> pids() {
      return members.stream().map(Member::pid).toList();
    }

    /// {@return the memory of all existing processes, in bytes}
    public long residentBytes() {
      return members.stream().mapToLong(Member::residentBytes).sum();
    }
  }

  /// An existing process.
  ///
  /// @param pid its PID
  /// @param residentBytes its memory, in bytes; 0 if it does not belong to the instance
  record Member(long pid, long residentBytes) {}

  /// A container, network or volume, or an object of Kubernetes.
  ///
  /// @param kind the kind of the resource
  /// @param name the engine's name
  /// @param id the engine's ID
  /// @param status the engine's word for its state
  record HeldLabelled(ResourceKind kind, String name, String id, Status status)
      implements HeldResource {}
}
