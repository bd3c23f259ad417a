package dev.sexton.internal.sweep;

import dev.sexton.Liveness;
import dev.sexton.ResourceKind;
import dev.sexton.ResourceReport;
import dev.sexton.SweepReport.Problem;
import dev.sexton.SweepReport.Unclaimed;
import dev.sexton.internal.liveness.LivenessRules;
import dev.sexton.internal.process.ProcessInfo;
import dev.sexton.internal.record.InstanceRecord;
import dev.sexton.internal.state.FileNames;
import dev.sexton.internal.state.StateDirectory;
import dev.sexton.internal.sweep.EngineScan.Found;
import dev.sexton.internal.sweep.EngineScan.Look;
import dev.sexton.internal.sweep.InstanceObserver.Observation;
import dev.sexton.internal.sweep.Inventory.Holding;
import dev.sexton.internal.sweep.Inventory.Item;
import dev.sexton.internal.sweep.Inventory.State;
import dev.sexton.internal.sweep.Inventory.Stray;
import dev.sexton.internal.sweep.SweepRequest.Ending;
import dev.sexton.spi.LabelledResource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Collects an [Inventory]: asks the same questions as a sweep, and changes nothing.
final class InventoryCollector {
  private final Ports ports;
  private final SweepRequest request;
  private final LivenessRules rules = new LivenessRules();
  private final InstanceObserver observer;
  private final IdentityHashMap<ObservedInstance, List<Holding>> labelled = new IdentityHashMap<>();
  private List<ObservedInstance> judged = List.of();
  private @Nullable ProcessView view;

  InventoryCollector(Ports ports, SweepRequest request) {
    this.ports = ports;
    this.request = request;
    this.observer = new InstanceObserver(ports, rules);
  }

  Inventory run() {
    Observation seen = observer.observe(request);
    judged = seen.instances();
    Map<String, ObservedInstance> byId = HashMap.newHashMap(seen.instances().size());
    for (ObservedInstance instance : seen.instances()) {
      byId.put(instance.instanceId(), instance);
    }
    Look look =
        ports.providers().isEmpty()
            ? new Look(List.of(), List.of())
            : EngineScan.look(ports, labelKeys(seen.instances()));
    LabelledResourcePlanner.Sorted sorted = assign(look.found(), byId, seen);
    List<Item> items = new ArrayList<>(seen.instances().size());
    for (ObservedInstance instance : seen.instances()) {
      items.add(item(instance));
    }
    for (ObservedInstance owner : labelled.keySet()) {
      if (!byId.containsKey(owner.instanceId())) {
        items.add(item(owner));
      }
    }
    items.sort(InventoryCollector::byAge);
    List<Problem> problems = new ArrayList<>(seen.problems());
    problems.addAll(request.keep().problems());
    return new Inventory(items, sorted.unclaimed(), problems, strays(seen, byId), look.failures());
  }

  private static int byAge(Item left, Item right) {
    int order = left.startedAt().compareTo(right.startedAt());
    return order != 0 ? order : left.instanceId().compareTo(right.instanceId());
  }

  private Set<String> labelKeys(List<ObservedInstance> instances) {
    Set<String> applications = new LinkedHashSet<>();
    for (StateDirectory directory : request.directories()) {
      applications.add(directory.application());
    }
    for (ObservedInstance instance : instances) {
      applications.add(instance.application());
    }
    Set<String> keys = new LinkedHashSet<>();
    for (String application : applications) {
      keys.add(EngineScan.instanceLabel(application));
    }
    return keys;
  }

  /// Assigns labelled resources to their instances. The remaining ones are sorted as in a sweep.
  private LabelledResourcePlanner.Sorted assign(
      List<Found> found, Map<String, ObservedInstance> byId, Observation seen) {
    List<Found> rest = new ArrayList<>();
    Set<ObservedInstance> dead = Collections.newSetFromMap(new IdentityHashMap<>());
    LabelledResourcePlanner planner = new LabelledResourcePlanner(ports, rules);
    List<Unclaimed> doubtful = new ArrayList<>();
    for (Found one : found) {
      ObservedInstance owner = owner(one.resource(), byId);
      if (owner == null) {
        rest.add(one);
      } else if (owner.verdict().liveness() == Liveness.DEAD) {
        rest.add(one); // The sweep's rules decide whether it really belongs to it.
        dead.add(owner);
      } else {
        String doubt = planner.doubt(one, owner);
        if (doubt == null) {
          hold(owner, one.resource());
        } else {
          doubtful.add(LabelledResourcePlanner.unclaimed(one.resource(), doubt));
        }
      }
    }
    LabelledResourcePlanner.Sorted sorted = planner.sort(rest, List.copyOf(dead), seen, request);
    sorted.belonging().forEach((one, owner) -> hold(owner, one.resource()));
    sorted
        .failed()
        .forEach(one ->
            doubtful.add(LabelledResourcePlanner.unclaimed(one.found().resource(), one.failure())));
    sorted.unclaimed().addAll(doubtful);
    return sorted;
  }

  private static @Nullable ObservedInstance owner(
      LabelledResource resource, Map<String, ObservedInstance> byId) {
    for (Map.Entry<String, String> label : resource.labels().entrySet()) {
      ObservedInstance owner = byId.get(label.getValue());
      if (owner != null && label.getKey().equals(EngineScan.instanceLabel(owner.application()))) {
        return owner;
      }
    }
    return null;
  }

  private void hold(ObservedInstance owner, LabelledResource resource) {
    labelled
        .computeIfAbsent(owner, key -> new ArrayList<>())
        .add(
            new Holding(
                resource.kind(),
                resource.name(),
                0,
                List.of(),
                resource.id(),
                State.RUNNING,
                resource.state(),
                0));
  }

  private Item item(ObservedInstance instance) {
    InstanceRecord record = instance.record();
    InstanceRecord.Tombstone tombstone = record.tombstone();
    List<Holding> holdings = new ArrayList<>();
    if (mayHoldProcesses(instance)) {
      addProcesses(instance, holdings);
    }
    if (!labelled.isEmpty()) {
      holdings.addAll(labelled.getOrDefault(instance, List.of()));
    }
    return new Item(
        instance.instanceId(),
        instance.application(),
        instance.directory().path(),
        record.pid(),
        record.startedAt(),
        instance.verdict().liveness(),
        instance.verdict().reason(),
        record.name(),
        record.command(),
        tombstone == null
            ? null
            : new Inventory.Tombstone(tombstone.attempts(), tombstone.lastError()),
        record.run() != null,
        holdings);
  }

  /// Returns whether the process table must be searched. The original sets no markers, and its
  /// session is searched only when it is dead. So a live instance of the original that tracks
  /// nothing has nothing to find.
  private static boolean mayHoldProcesses(ObservedInstance instance) {
    InstanceRecord record = instance.record();
    return record.schema() > 0
        || !record.processes().isEmpty()
        || !record.invalidProcesses().isEmpty()
        || instance.verdict().liveness() == Liveness.DEAD;
  }

  private void addProcesses(ObservedInstance instance, List<Holding> holdings) {
    ProcessView processes = view;
    if (processes == null) {
      LiveInstances live = new LiveInstances(ports, rules, request.everyDirectory(), judged);
      processes =
          new ProcessView(
              ports.processes(), SparingContext.of(ports, request, live, new SparingRules()));
      view = processes;
    }
    ProcessPlanner.Plan plan =
        ProcessPlanner.plan(observer.withUser(instance), processes, Ending.UNSEEN, new HashMap<>());
    for (ProcessTree tree : plan.trees()) {
      List<Long> pids = new ArrayList<>();
      long bytes = 0;
      for (ProcessInfo member : tree.members()) {
        pids.add(member.pid());
        bytes += ports.processes().residentBytes(member.pid());
      }
      holdings.add(
          process(tree.name(), tree.root().pid(), pids, State.RUNNING, tree.reason(), bytes));
    }
    for (ResourceResult settled : plan.settled()) {
      holdings.add(settled(settled.report()));
    }
  }

  private Holding settled(ResourceReport report) {
    return switch (report.outcome()) {
      case GONE -> process(report.name(), report.pid(), List.of(), State.GONE, report.reason(), 0);
      case RECYCLED ->
          process(report.name(), report.pid(), List.of(), State.RECYCLED, report.reason(), 0);
      case KEPT ->
          process(report.name(), report.pid(), report.pids(), State.KEPT, report.reason(), 0);
      case UNCLAIMED ->
          process(report.name(), report.pid(), report.pids(), State.UNCLAIMED, report.reason(), 0);
      case STOPPED,
          KILLED,
          DENIED,
          FAILED,
          WOULD_STOP -> // Left alone or out of reach, so not provably gone.
          process(report.name(), report.pid(), report.pids(), State.RUNNING, report.reason(), 0);
    };
  }

  private static Holding process(
      String name, long pid, List<Long> pids, State state, String detail, long bytes) {
    return new Holding(ResourceKind.PROCESS, name, pid, pids, null, state, detail, bytes);
  }

  private static List<Stray> strays(Observation seen, Map<String, ObservedInstance> byId) {
    List<Stray> strays = new ArrayList<>();
    Set<String> unusable = new HashSet<>();
    for (InstanceObserver.Leftover leftover : seen.leftovers()) {
      if (leftover.defect() != null) {
        unusable.add(leftover.name()); // Already among the problems.
      }
    }
    for (InstanceObserver.Leftover leftover : seen.leftovers()) {
      String name = leftover.name();
      if (leftover.defect() == null && !isLockOfRecord(name, byId, unusable)) {
        strays.add(
            new Stray(
                InstanceObserver.path(leftover.directory(), name),
                FileNames.kind(name) == FileNames.Kind.SET_ASIDE));
      }
    }
    return strays;
  }

  private static boolean isLockOfRecord(
      String name, Map<String, ObservedInstance> byId, Set<String> unusable) {
    if (!name.endsWith(".lock")) {
      return false;
    }
    String id = name.substring(0, name.length() - ".lock".length());
    return byId.containsKey(id) || unusable.contains(StateDirectory.recordOf(id));
  }
}
