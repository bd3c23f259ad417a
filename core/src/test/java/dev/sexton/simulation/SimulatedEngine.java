package dev.sexton.simulation;

import dev.sexton.Outcome;
import dev.sexton.ResourceKind;
import dev.sexton.spi.LabelledResource;
import dev.sexton.spi.ResourceProvider;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A container engine that may fail or hang in any call.
final class SimulatedEngine {
  /// The engine's way of answering.
  enum Mood {
    FINE,
    /// One call in three fails, before or after it took effect.
    MOODY,
    /// Nothing answers.
    DOWN,
    /// Every caller has to wait.
    HANGING
  }

  /// A container, network or volume.
  static final class Thing {
    final ResourceKind kind;
    final String id;
    final Map<String, String> labels;
    final @Nullable WorldInstance maker;

    /// The labels that its image passes on.
    Map<String, String> imageLabels = Map.of();

    /// Whether a tool made it as a copy of a dead instance's container, long after the death.
    boolean isLateCopy;

    /// The boot whose beginning proves that this is a late copy, as long as the machine runs in it;
    /// 0 if there is other proof.
    int provenByBoot;

    /// When it was made, in true time.
    ///
    /// The next field has the time of the wall clock.
    long madeAtNanos;

    Instant made = Instant.EPOCH;
    boolean running;
    boolean ignoresTerm;
    @Nullable Thing usedBy;

    Thing(ResourceKind kind, String id, Map<String, String> labels, @Nullable WorldInstance maker) {
      this.kind = kind;
      this.id = id;
      this.labels = Map.copyOf(labels);
      this.maker = maker;
      this.running = kind == ResourceKind.CONTAINER;
    }

    @Override
    public String toString() {
      return id;
    }
  }

  final Map<String, Thing> things = new LinkedHashMap<>();
  Mood mood = Mood.FINE;
  private final World world;
  private int made;

  SimulatedEngine(World world) {
    this.world = world;
  }

  Thing make(ResourceKind kind, Map<String, String> labels, @Nullable WorldInstance maker) {
    Thing thing = new Thing(kind, kind.word() + ++made, labels, maker);
    thing.ignoresTerm = world.chance.oneIn(4);
    thing.madeAtNanos = world.nanos;
    thing.made = world.wall();
    things.put(thing.id, thing);
    world.happened("made for " + maker, thing, 0);
    return thing;
  }

  /// Makes a container from an image that passes on labels.
  ///
  /// Its own labels override them.
  Thing makeFromImage(
      Map<String, String> imageLabels, Map<String, String> own, @Nullable WorldInstance maker) {
    Map<String, String> labels = new LinkedHashMap<>(imageLabels);
    labels.putAll(own);
    Thing thing = make(ResourceKind.CONTAINER, labels, maker);
    thing.imageLabels = Map.copyOf(imageLabels);
    return thing;
  }

  /// Returns the labels of any existing container; empty if there is none.
  Map<String, String> anyLabels() {
    List<Thing> containers =
        things.values().stream().filter(one -> one.kind == ResourceKind.CONTAINER).toList();
    return containers.isEmpty() ? Map.of() : world.chance.of(containers).labels;
  }

  void restart() {
    things.values().forEach(thing -> thing.running = false);
  }

  /// The engine as one process reaches it.
  static final class Provider implements ResourceProvider {
    private final Actor actor;
    private final World world;
    private final SimulatedEngine engine;

    Provider(Actor actor) {
      this.actor = actor;
      this.world = actor.world;
      this.engine = world.engine;
    }

    @Override
    public String name() {
      return "the engine";
    }

    @Override
    public List<LabelledResource> find(Set<String> labelKeys) throws IOException {
      actor.look();
      answer();
      List<LabelledResource> found = new ArrayList<>();
      for (ResourceKind kind :
          List.of(ResourceKind.CONTAINER, ResourceKind.NETWORK, ResourceKind.VOLUME)) {
        for (Thing thing : engine.things.values()) {
          if (thing.kind == kind && !Collections.disjoint(thing.labels.keySet(), labelKeys)) {
            Duration age = Duration.between(thing.made, world.wall());
            found.add(
                new LabelledResource(
                    kind,
                    thing.id,
                    thing.id,
                    thing.labels,
                    new LabelledResource.Details("", "i", age)));
          }
        }
      }
      return found;
    }

    private void answer() throws IOException {
      switch (engine.mood) {
        case FINE -> {}
        case MOODY -> fail();
        case DOWN -> throw new IOException("connection refused");
        case HANGING -> {
          world.pass(10 * World.SECOND);
          actor.look();
          world.log.count("engine hung");
          throw new IOException("no answer within 10 s");
        }
      }
    }

    private void fail() throws IOException {
      if (world.chance.oneIn(3)) {
        world.log.count("engine failed in a call");
        throw new IOException("500 Internal Server Error");
      }
    }

    @Override
    public @Nullable Map<String, String> imageLabels(LabelledResource resource) throws IOException {
      answer();
      Thing thing = engine.things.get(resource.id());
      return thing == null ? null : thing.imageLabels;
    }

    @Override
    public Outcome stop(LabelledResource resource, Duration grace) throws IOException {
      actor.before("stop container");
      answer();
      Thing thing = engine.things.get(resource.id());
      if (thing == null || !thing.running) {
        return Outcome.GONE;
      }
      world.judge.resource(actor, thing, "stops");
      world.happened("stopped by " + actor.process.label, thing, 0);
      world.pass(thing.ignoresTerm ? grace.toNanos() : 0);
      thing.running = false;
      actor.after("stop container");
      if (engine.mood == Mood.MOODY) {
        fail();
      }
      return thing.ignoresTerm ? Outcome.KILLED : Outcome.STOPPED;
    }

    @Override
    public void remove(LabelledResource resource) throws IOException {
      actor.before("remove " + resource.kind().word());
      answer();
      Thing thing = engine.things.get(resource.id());
      if (thing == null) {
        return;
      }
      Thing user = thing.usedBy;
      if (user != null && engine.things.containsValue(user)) {
        world.log.count("engine said in use");
        throw new IOException(thing + " is in use");
      }
      world.judge.resource(actor, thing, "removes");
      world.happened("removed by " + actor.process.label, thing, 0);
      world.log.count("removed " + thing.kind.word());
      engine.things.remove(thing.id);
      actor.after("remove " + resource.kind().word());
      if (engine.mood == Mood.MOODY) {
        fail();
      }
    }
  }
}
