package dev.sexton.launch;

import dev.sexton.InstanceTracker;
import dev.sexton.testkit.ServerMain;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/// A server that launches as fast as it can, from several threads at once, until it is killed. Its
/// arguments are its state directory, a seed, and the Python to use.
public final class StormOwner {
  private static final int THREADS = 6;

  /// More would only slow the machine down, because the owner is killed long before.
  private static final int LAUNCHES_PER_THREAD = 6;

  /// Each ends by itself eventually, if it is not ended before.
  private static final List<List<String>> FORMS =
      List.of(
          List.of("sleep", "120"),
          List.of("sh", "-c", "sleep 120 & sleep 121 & wait"),
          List.of("sh", "-c", "for i in 1 2 3 4 5 6; do sleep 120 & done; wait"),
          List.of("sh", "-c", "(setsid sleep 120 &) ; exec sleep 121"),
          List.of("sh", "-c", "(setsid sh -c 'sleep 120 & sleep 121' &) ; (sleep 122 &)"),
          List.of("sh", "-c", "exec sh -c 'exec sh -c \"exec sleep 120\"'"),
          List.of("sh", "-c", "setsid sh -c 'sh -c \"sleep 120 & exec sleep 121\" & wait' & wait"),
          List.of("true"),
          List.of(
              "PYTHON",
              "-Sc",
              "import os,time\nif os.fork()==0:\n os.setsid()\n if os.fork()==0: time.sleep(120)"),
          List.of(
              "PYTHON",
              "-Sc",
              "import os\nfor i in range(3): os.fork()\nos.execvp('sleep', ['sleep', '120'])"));

  private StormOwner() {}

  /// Registers, reports it, and begins.
  public static void main(String[] arguments) throws Exception {
    InstanceTracker instance = ServerMain.register(Path.of(arguments[0]));
    System.out.println(instance.instanceId());
    long seed = Long.parseLong(arguments[1]);
    for (int thread = 0; thread < THREADS; thread++) {
      Random random = new Random(seed * THREADS + thread);
      String name = "t" + thread;
      Thread.ofPlatform().start(() -> launch(instance, name, random, arguments[2]));
    }
    Thread.sleep(60_000);
  }

  private static void launch(InstanceTracker instance, String name, Random random, String python) {
    boolean said = false;
    for (int i = 0; i < LAUNCHES_PER_THREAD; i++) {
      List<String> form =
          FORMS.get(random.nextInt(FORMS.size())).stream()
              .map(word -> word.equals("PYTHON") ? python : word)
              .toList();
      ProcessBuilder builder =
          new ProcessBuilder(form)
              .redirectInput(new File("/dev/null"))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD);
      try {
        instance.launch(name + "-" + i % 8, builder); // Names are reused, too.
        if (!said) {
          said = true;
          System.out.println("launched");
        }
      } catch (IOException machineIsFull) {
        return;
      }
    }
  }
}
