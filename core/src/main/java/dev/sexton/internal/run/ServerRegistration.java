package dev.sexton.internal.run;

import dev.sexton.internal.Platform;
import dev.sexton.internal.command.ContainerCommand;
import dev.sexton.internal.command.ContainerCommand.Insertion;
import dev.sexton.internal.command.ContainerCommandFinder;
import dev.sexton.internal.command.ServerName;
import dev.sexton.internal.instance.ForeignInstance;
import dev.sexton.internal.instance.InstanceDescription;
import dev.sexton.internal.process.InstanceMarker;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.process.ProcessLookup;
import dev.sexton.internal.process.ProcessReader;
import dev.sexton.internal.process.ProcessTable;
import dev.sexton.internal.process.StartTime;
import dev.sexton.internal.process.User;
import dev.sexton.internal.record.ContainerUse;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.RunTerms;
import dev.sexton.internal.state.FileStateDirectory;
import dev.sexton.internal.sweep.EngineScan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Registers a server that does not know of Sexton, before its program is executed. The server is
/// at that time still the launcher, a shell.
public final class ServerRegistration {
  /// The maximum number of keep patterns in a record.
  public static final int MAX_KEEP = InstanceRecord.MAX_KEEP;

  /// The maximum length of a recorded command line, in characters.
  public static final int MAX_COMMAND = ProcessReader.MAX_COMMAND;

  /// A server that is about to start.
  ///
  /// @param pid the launcher's PID, which becomes the server's
  /// @param client the PID of the launcher's parent
  /// @param command the server's command line
  /// @param environment the launcher's environment variables
  public record Server(
      long pid, long client, List<String> command, Map<String, String> environment) {}

  /// Where and under which name a server registers.
  ///
  /// @param directory the state directory
  /// @param application the application
  /// @param name the name in lists
  /// @param command the command line that is shown to people
  /// @param keep patterns of programs that are kept when the server ends
  public record Identity(
      Path directory, String application, String name, String command, List<String> keep) {}

  /// What a watcher does about a server.
  ///
  /// @param grace the grace period between the request to end and the forced end
  /// @param afterStdinClose how long the server may stay without stdin; null for no limit
  /// @param endsWithClient whether the server is stopped when the client dies
  public record Terms(Duration grace, @Nullable Duration afterStdinClose, boolean endsWithClient) {}

  private final Server server;
  private final ProcessTable processes = Platform.processes(false);
  private final @Nullable ContainerCommand container;

  /// The launcher, as it was found first.
  private @Nullable ProcessInfo launcher;

  private @Nullable ForeignInstance record;

  /// Creates a registration that has not looked at anything yet but the command line.
  public ServerRegistration(Server server) {
    this.server = server;
    this.container = ContainerCommandFinder.find(server.command());
  }

  /// Returns a server's name according to its command line.
  public static String nameOf(List<String> command) {
    return ServerName.of(command);
  }

  /// Returns why no server can be registered here; null if one can.
  public @Nullable String defect() {
    return processes.defect();
  }

  /// Finds the launcher. Returns whether it is still there, and may become the server.
  public boolean findLauncher() {
    launcher = find(server.pid());
    return launcher != null;
  }

  /// Returns whether a record was written.
  public boolean hasRecord() {
    return record != null;
  }

  /// Writes the record of the server, after [#findLauncher].
  ///
  /// @return the server's marker, the value of `SEXTON_INSTANCE`
  /// @throws IOException if the record cannot be written
  public String register(Identity identity, Terms terms) throws IOException {
    ProcessInfo owner = launcher;
    if (owner == null) {
      throw new IllegalStateException("the launcher was not found");
    }
    ForeignInstance written =
        ForeignInstance.register(
            new FileStateDirectory(identity.directory(), identity.application()),
            processes,
            owner,
            new InstanceDescription(uuid(), identity.name(), identity.keep()),
            new ForeignInstance.ServerDetails(
                identity.command(),
                (container != null && container.needsEngine())
                    ? ContainerUse.USED
                    : ContainerUse.UNKNOWN,
                terms(terms, owner)));
    record = written;
    return mark(written);
  }

  private static String mark(ForeignInstance written) {
    return InstanceMarker.of(written.directory().application(), written.record().instanceId());
  }

  /// Removes the record again.
  public void unregister() {
    ForeignInstance written = record;
    if (written == null) {
      return;
    }
    try {
      written.unregister();
    } catch (IOException left) {
      return; // Left for the next sweep, which finds its owner gone.
    }
  }

  /// Returns the words to insert into the server's command line; empty if there are none.
  public List<String> insertion() {
    ForeignInstance written = record;
    if (container == null || written == null) {
      return List.of();
    }
    return switch (container.insertion()) {
      case LABELS -> labels(written);
      case MARK -> List.of("-e", InstanceMarker.VARIABLE + "=" + mark(written));
      case NONE -> List.of();
    };
  }

  /// Returns the index of the word before which the insertion belongs.
  public int insertionIndex() {
    return container == null ? 0 : container.at();
  }

  private static List<String> labels(ForeignInstance written) {
    InstanceRecord record = written.record();
    List<String> words = new ArrayList<>();
    EngineScan.labels(
            written.directory().application(),
            record.instanceId(),
            record.owner(),
            written.directory().path().toString())
        .forEach((key, value) -> words.addAll(List.of("--label", key + "=" + value)));
    return words;
  }

  /// Returns a message about containers that cannot be handled; empty if all can be.
  public String warning() {
    return container == null || canSweepInside(container) ? "" : container.warning();
  }

  /// Returns whether processes in a container can be found by their marker. Only root can find
  /// them, on the engine's machine.
  private boolean canSweepInside(ContainerCommand containers) {
    ProcessInfo owner = launcher;
    User user = owner == null ? null : processes.user(owner);
    String host = containers.environment(server.environment()).getOrDefault("DOCKER_HOST", "");
    return containers.insertion() == Insertion.MARK
        && user != null
        && user.uid() == 0
        && (host.isEmpty() || host.startsWith("unix:"));
  }

  private RunTerms terms(Terms terms, ProcessInfo owner) {
    long client = server.client();
    ProcessInfo parent = client > 1 && owner.parent() == client ? find(client) : null;
    // The parent of the server cannot be seen, so it is another user's process and cannot be
    // watched.
    boolean hidden =
        parent == null
            && owner.parent() == client
            && processes.find(client) instanceof ProcessLookup.Hidden;
    boolean endsWithClient = terms.endsWithClient() && client > 1 && !hidden;
    Map<String, String> environment =
        container == null ? server.environment() : container.environment(server.environment());
    Map<String, String> engine = new HashMap<>();
    for (String variable : RunTerms.ENGINE_VARIABLES) {
      String value = environment.get(variable);
      if (value != null && !value.isEmpty()) {
        engine.put(variable, value);
      }
    }
    StartTime started = parent == null ? owner.start().zero() : parent.start();
    return new RunTerms(
        endsWithClient ? new RunTerms.Client(client, started) : null,
        terms.afterStdinClose(),
        terms.grace(),
        container != null && container.mayBeLate(),
        engine);
  }

  /// Reads the kernel's UUID if possible. The JDK's would load all of its cryptography for good.
  private static String uuid() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/uuid")).strip();
    } catch (IOException otherSystem) {
      return UUID.randomUUID().toString();
    }
  }

  private @Nullable ProcessInfo find(long pid) {
    return processes.find(pid) instanceof ProcessLookup.Present present
            && present.process().isAlive()
        ? present.process()
        : null;
  }
}
