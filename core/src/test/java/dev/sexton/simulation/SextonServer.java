package dev.sexton.simulation;

import dev.sexton.RecordException;
import dev.sexton.ResourceKind;
import dev.sexton.ResourceReport;
import dev.sexton.internal.instance.InstanceDescription;
import dev.sexton.internal.instance.RegisteredInstance;
import dev.sexton.internal.process.ProcessIdentity;
import dev.sexton.internal.process.User;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.record.RecordReader;
import dev.sexton.internal.sweep.EngineScan;
import dev.sexton.internal.sweep.SelfCleanup;
import dev.sexton.internal.sweep.SweepRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A server that uses the library.
///
/// It runs the owner's real code over the simulated ports.
final class SextonServer {
  final WorldInstance instance;
  private final World world;
  private final Actor actor;
  private @Nullable RegisteredInstance record;
  private final Map<WorldProcess, ProcessIdentity> identities = new LinkedHashMap<>();
  private int sessions;

  SextonServer(World world, Actor actor, WorldInstance instance) {
    this.world = world;
    this.actor = actor;
    this.instance = instance;
  }

  Actor actor() {
    return actor;
  }

  /// Returns its record as it was first written; null if it is not registered.
  @Nullable InstanceRecord initial() {
    RegisteredInstance own = record;
    return own == null ? null : own.initial();
  }

  boolean isRunning() {
    return actor.process.isAlive() && record != null;
  }

  void register() {
    try {
      record =
          RegisteredInstance.register(
              actor.directory,
              actor.processes,
              actor.locks,
              new InstanceDescription(instance.id, "server"));
      world.log.count("registered");
    } catch (IOException notRegistered) {
      world.log.count("could not register");
    }
  }

  /// Starts a child with the instance's marker, as the library's launcher does.
  ///
  /// The steps after that may not take place.
  WorldProcess launch() {
    RegisteredInstance own = record;
    if (own != null) {
      own.makeControlGroup();
      boolean missing = world.files.get(instance.id + ".json") == null;
      own.secure();
      if (missing && world.files.get(instance.id + ".json") != null) {
        world.log.count("record put in place again");
      }
    }
    actor.before("spawn");
    WorldProcess child = world.spawn(actor.process, instance.uid);
    child.mark = instance.mark();
    child.python = world.chance.oneIn(2);
    actor.after("spawn");
    if (own != null && !instance.closing) { // Closing ends launching.
      own.enclose(child.pidIn(actor.process.namespace));
    }
    return child;
  }

  /// Tracks a child under a new name, or occasionally under the name of another one.
  void track(WorldProcess child) {
    boolean again = !instance.tracked.isEmpty() && world.chance.oneIn(6);
    String name =
        again ? world.chance.of(List.copyOf(instance.tracked.keySet())) : "session-" + ++sessions;
    RegisteredInstance own = record;
    if (own != null) {
      instance.track(name, child);
      long pid = child.pidIn(actor.process.namespace);
      boolean isChild = child.parent == actor.process;
      identities.put(child, isChild ? own.trackChild(name, pid) : own.track(name, pid));
      world.log.count(again ? "name given again" : "tracked");
    }
  }

  void untrack() {
    RegisteredInstance own = record;
    if (own != null && !instance.tracked.isEmpty()) {
      String name = world.chance.of(List.copyOf(instance.tracked.keySet()));
      instance.tracked.remove(name); // First, because much may happen during the write.
      own.untrack(name);
    }
  }

  /// Untracks children that have ended by themselves.
  ///
  /// Their names may belong to others by now.
  void untrackEnded() {
    RegisteredInstance own = record;
    if (own == null) {
      return;
    }
    for (Map.Entry<WorldProcess, ProcessIdentity> one : List.copyOf(identities.entrySet())) {
      if (one.getKey().died) {
        identities.remove(one.getKey());
        for (Map.Entry<String, WorldProcess> name : List.copyOf(instance.tracked.entrySet())) {
          own.untrack(name.getKey(), one.getValue());
          if (name.getValue().equals(one.getKey())) {
            instance.tracked.remove(name.getKey());
            world.log.count("untracked when it ended");
          } else if (name.getValue().equals(instance.tracked.get(name.getKey()))
              && !own.tracked().containsKey(name.getKey())) {
            world.violated(name.getKey() + " is untracked because another one ended");
          }
        }
      }
    }
  }

  void makeContainers() {
    Map<String, String> labels = labels();
    Map<String, String> image = world.chance.oneIn(4) ? world.engine.anyLabels() : Map.of();
    // With an image of its own container, nothing would tell its containers apart from others.
    boolean tells = !instance.id.equals(image.get(EngineScan.instanceLabel(World.APPLICATION)));
    SimulatedEngine.Thing container =
        world.engine.makeFromImage(tells ? image : Map.of(), labels, instance);
    if (world.chance.oneIn(2)) {
      world.engine.make(ResourceKind.NETWORK, labels, instance).usedBy = container;
    }
    if (world.chance.oneIn(2)) {
      world.engine.make(ResourceKind.VOLUME, labels, instance).usedBy = container;
    }
  }

  /// Starts a client that asks the engine for a container.
  ///
  /// It is created whether or not the client lives.
  void runContainerLater() {
    Map<String, String> labels = labels();
    launch();
    long delay = world.chance.oneIn(4) ? 20 * World.SECOND : World.SECOND / 20;
    world.later(
        world.chance.between(0, delay),
        () -> {
          world.engine.make(ResourceKind.CONTAINER, labels, instance);
          world.log.count(instance.isDead() ? "container after its owner's death" : "container");
        });
  }

  private Map<String, String> labels() {
    RegisteredInstance own = record;
    ProcessIdentity owner = null;
    if (own != null) {
      own.useContainers();
      owner = own.initial().owner();
    }
    actor.look();
    instance.labels =
        EngineScan.labels(
            World.APPLICATION, instance.id, owner, SimulatedFiles.DIRECTORY.toString());
    return instance.labels;
  }

  void unregister() throws IOException {
    RegisteredInstance own = record;
    if (own != null) {
      record = null;
      instance.abandoned = true; // A record that cannot be removed is left to the next sweep.
      own.unregister();
      world.log.count("unregistered");
    }
  }

  /// Ends what it made, as `InstanceTracker.close` does.
  void close() throws IOException {
    RegisteredInstance own = record;
    if (own == null) {
      return;
    }
    own.flush();
    instance.closing = true;
    InstanceRecord now;
    try {
      now = RecordReader.read(actor.directory.read(instance.id + ".json").bytes(), "");
    } catch (RecordException removed) {
      now = own.initial();
    }
    actor.beginSweep();
    List<ResourceReport> reports =
        SelfCleanup.stop(
            actor.ports(),
            actor.directory,
            now,
            new User(instance.uid, ""),
            SweepRequest.of(List.of()).grace(Duration.ofSeconds(1)).build());
    record = null;
    instance.abandoned = true;
    if (reports.stream().anyMatch(report -> report.outcome().isLeft())) {
      own.abandon();
      world.log.count("closed with something left");
    } else {
      own.unregister();
      world.log.count("closed");
    }
  }
}
