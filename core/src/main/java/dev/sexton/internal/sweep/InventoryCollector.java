package dev.sexton.internal.sweep;

import dev.sexton.HeldResource;
import dev.sexton.HeldResource.HeldLabelled;
import dev.sexton.HeldResource.HeldProcess;
import dev.sexton.HeldResource.Member;
import dev.sexton.HeldResource.State;
import dev.sexton.HeldResource.Status;
import dev.sexton.InstanceInfo;
import dev.sexton.Inventory;
import dev.sexton.Inventory.Stray;
import dev.sexton.Liveness;
import dev.sexton.ResourceReport.ProcessReport;
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
public final class InventoryCollector {
  private final Ports ports;
  private final SweepRequest request;
  private final LivenessRules rules = new LivenessRules();
  private final InstanceObserver observer;
  private final IdentityHashMap<ObservedInstance, List<HeldResource>> labelled =
      new IdentityHashMap<>();
  private List<ObservedInstance> judged = List.of();
  private @Nullable ProcessView view;

  private InventoryCollector(Ports ports, SweepRequest request) {
    this.ports = ports;
    this.request = request;
    this.observer = new InstanceObserver(ports, rules);
  }

  /// Collects the inventory of the request's directories and instances, with its keep list. What
  /// the request says about stopping is not used.
  public static Inventory collect(Ports ports, SweepRequest request) {
    return new InventoryCollector(ports, request).run();
  }

  private Inventory run() {
    Observation seen = observer.observe(request);
    judged = seen.instances();
    Map<String, ObservedInstance> byId = HashMap.newHashMap(seen.instances().size());
    for (ObservedInstance instance : seen.instances()) {
      byId.put(instance.instanceId(), instance);
    }
    AskedEngines engines = engines(seen.instances());
    Look look =
        engines.all().isEmpty()
            ? new Look(List.of(), List.of())
            : EngineScan.look(engines.all(), ports.workers(), labelKeys(seen.instances()));
    LabelledResourcePlanner.Sorted sorted = assign(look.found(), byId, seen);
    List<InstanceInfo> items = new ArrayList<>(seen.instances().size());
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
    return new Inventory(
        items, sorted.unclaimed(), problems, strays(seen, byId), unasked(engines, look));
  }

  /// Returns the engines to ask. The user is looked up only where a record may name one.
  private AskedEngines engines(List<ObservedInstance> instances) {
    List<ObservedInstance> naming =
        instances.stream()
            .filter(instance -> AskedEngines.termsToFollow(instance) != null)
            .map(observer::withUser)
            .toList();
    return AskedEngines.about(naming, ports, request);
  }

  /// Returns why engines were not asked, or did not answer.
  private static List<String> unasked(AskedEngines engines, Look look) {
    Set<String> reasons = new LinkedHashSet<>(engines.refused().values());
    look.failures().forEach(failure -> reasons.add(failure.reason()));
    return List.copyOf(reasons);
  }

  private static int byAge(InstanceInfo left, InstanceInfo right) {
    int order = left.owner().startedAt().compareTo(right.owner().startedAt());
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
            new HeldLabelled(
                resource.kind(),
                resource.name(),
                resource.id(),
                new Status(State.RUNNING, resource.details().state())));
  }

  private InstanceInfo item(ObservedInstance instance) {
    InstanceRecord record = instance.record();
    InstanceRecord.Tombstone tombstone = record.tombstone();
    List<HeldResource> holdings = new ArrayList<>();
    if (mayHoldProcesses(instance)) {
      addProcesses(instance, holdings);
    }
    if (!labelled.isEmpty()) {
      holdings.addAll(labelled.getOrDefault(instance, List.of()));
    }
    return new InstanceInfo(
        new InstanceInfo.Identity(
            instance.instanceId(), instance.application(), instance.directory().path()),
        new InstanceInfo.Owner(
            record.pid(),
            record.startedAt(),
            record.name(),
            record.command(),
            record.run() != null),
        new InstanceInfo.State(instance.verdict().liveness(), instance.verdict().reason()),
        tombstone == null
            ? null
            : new InstanceInfo.FailedSweeps(tombstone.attempts(), tombstone.lastError()),
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

  private void addProcesses(ObservedInstance instance, List<HeldResource> holdings) {
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
      List<Member> members = new ArrayList<>();
      for (ProcessInfo member : tree.members()) {
        members.add(new Member(member.pid(), ports.processes().residentBytes(member.pid())));
      }
      holdings.add(
          new HeldProcess(
              tree.name(), tree.root().pid(), members, new Status(State.RUNNING, tree.reason())));
    }
    for (ResourceResult settled : plan.settled()) {
      if (settled.report() instanceof ProcessReport report) {
        holdings.add(settled(report));
      }
    }
  }

  private static HeldProcess settled(ProcessReport report) {
    return switch (report.outcome()) {
      case GONE -> settled(report, List.of(), State.GONE);
      case RECYCLED -> settled(report, List.of(), State.RECYCLED);
      case KEPT -> settled(report, report.pids(), State.KEPT);
      case UNCLAIMED -> settled(report, report.pids(), State.UNCLAIMED);
      case STOPPED, KILLED, DENIED, FAILED, WOULD_STOP ->
          settled(report, report.pids(), State.RUNNING); // So not provably gone.
    };
  }

  private static HeldProcess settled(ProcessReport report, List<Long> pids, State state) {
    List<Member> members = pids.stream().map(pid -> new Member(pid, 0)).toList();
    return new HeldProcess(
        report.name(), report.pid(), members, new Status(state, report.reason()));
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
                leftover.directory().file(name), FileNames.kind(name) == FileNames.Kind.SET_ASIDE));
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
