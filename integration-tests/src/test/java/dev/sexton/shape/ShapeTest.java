package dev.sexton.shape;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Tests that the main code of all modules stays in small parts, and that the classes of a package
/// depend on each other in one direction only.
class ShapeTest {
  private static final int MAX_CLASS_LINES = 400;
  private static final int MAX_METHOD_LINES = 45;
  private static final int MAX_PARAMETERS = 5;

  /// Only the builder of each calls its constructor, so nobody has to tell the positions apart.
  private static final String[] RECORDS_WITH_A_BUILDER = {
    "ContainerSpec", "InstanceRecord", "SweepRequest"
  };

  /// A record and its builder, which is no nested class because the record is long enough.
  private static final Set<String> RECORD_AND_BUILDER =
      Set.of(
          "dev.sexton.internal.record.InstanceRecord",
          "dev.sexton.internal.record.InstanceRecordBuilder");

  private static MainSources sources;

  @BeforeAll
  static void read() throws IOException {
    sources = MainSources.read();
  }

  @Test
  void noClassIsLong() {
    assertThat(MainSources.over(MAX_CLASS_LINES, sources.files())).isEmpty();
    assertThat(MainSources.over(MAX_CLASS_LINES / 2, sources.files()))
        .contains("InstanceTracker.java");
  }

  @Test
  void noMethodIsLong() {
    assertThat(MainSources.over(MAX_METHOD_LINES, sources.methods())).isEmpty();
    assertThat(MainSources.over(MAX_METHOD_LINES / 2, sources.methods()))
        .contains("LinuxProcessTable.snapshot");
  }

  @Test
  void nothingHasManyParameters() {
    assertThat(MainSources.over(MAX_PARAMETERS, sources.parameters()))
        .containsExactly(RECORDS_WITH_A_BUILDER);
  }

  @Test
  void theClassesOfAPackageFormNoCircle() throws IOException {
    ClassCircles classes = new ClassCircles();
    for (String module : MainSources.MODULES) {
      classes.add(MainSources.ROOT.resolve(module).resolve("target/classes"));
    }

    assertThat(classes.size()).isGreaterThan(400);
    assertThat(classes.find()).containsExactly(RECORD_AND_BUILDER);
  }
}
