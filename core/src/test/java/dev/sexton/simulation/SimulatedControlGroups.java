package dev.sexton.simulation;

import dev.sexton.internal.process.ControlGroups;
import dev.sexton.internal.process.Signal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The control groups as one process sees them.
final class SimulatedControlGroups implements ControlGroups {
  private final Actor actor;
  private final World world;

  SimulatedControlGroups(Actor actor) {
    this.actor = actor;
    this.world = actor.world;
  }

  private @Nullable WorldProcess at(long pid) {
    return actor.process.namespace.byPid.get(pid);
  }

  @Override
  public @Nullable String create(String instanceId, long pid) {
    actor.before("make group");
    WorldProcess process = at(pid);
    if (!world.hasGroups || process == null) {
      return null;
    }
    WorldGroup above = process.group;
    String path = (above == null ? "/sys/fs/cgroup/top" : above.path) + "/sexton-" + instanceId;
    world.groups.put(path, new WorldGroup(path, above));
    actor.after("make group");
    return path;
  }

  @Override
  public boolean enter(String group, long pid) {
    actor.before("enter group");
    WorldProcess process = at(pid);
    WorldGroup entered = world.groups.get(group);
    if (process == null || process.died || entered == null) {
      return false;
    }
    process.group = entered;
    world.log.count("in a control group");
    actor.after("enter group");
    return true;
  }

  private Set<Long> list(String group, Predicate<WorldGroup> counts) {
    actor.before("list group");
    Set<Long> members = new HashSet<>();
    WorldGroup top = world.groups.get(group);
    if (top != null) {
      for (WorldProcess process : world.processes) {
        WorldGroup own = process.group;
        long pid = process.pidIn(actor.process.namespace);
        if (!process.died && own != null && own.isIn(top) && counts.test(own)) {
          members.add(pid);
        }
      }
    }
    return members;
  }

  @Override
  public Set<Long> members(String group) {
    return list(group, own -> own.path.equals(group));
  }

  @Override
  public Set<Long> everyone(String group) {
    return list(group, own -> true);
  }

  @Override
  public boolean contains(String group, long pid) {
    actor.look();
    WorldProcess process = at(pid);
    WorldGroup own = process == null ? null : process.group;
    return own != null && (own.path + "/").startsWith(group + "/");
  }

  @Override
  public boolean freeze(String group, boolean frozen) {
    actor.before("freeze");
    WorldGroup one = world.groups.get(group);
    if (one == null || (frozen && world.chance.oneIn(10))) {
      return false;
    }
    one.frozen = frozen;
    world.log.count(frozen ? "control group held" : "control group let go");
    if (!frozen) {
      List.copyOf(world.processes).forEach(world::thaw);
    }
    actor.after("freeze");
    return true;
  }

  @Override
  public void kill(String group) {
    actor.before("kill group");
    WorldGroup one = world.groups.get(group);
    if (one == null) {
      return;
    }
    for (WorldProcess process : List.copyOf(world.processes)) {
      if (process.group != null && process.group.isIn(one) && !process.died) {
        world.happened("killed with its group by " + actor.process.label, process, 0);
        world.judge.signal(actor, process, Signal.KILL);
        world.kill(process);
        world.log.count("killed with its control group");
      }
    }
    actor.after("kill group");
  }

  @Override
  public void remove(String group) {
    actor.before("remove group");
    WorldGroup one = world.groups.get(group);
    if (one != null
        && world.processes.stream()
            .noneMatch(
                process -> !process.died && process.group != null && process.group.isIn(one))) {
      world.groups.remove(group);
    }
  }
}
