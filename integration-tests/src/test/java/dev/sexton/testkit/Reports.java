package dev.sexton.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.InstanceReport;
import dev.sexton.SweepReport;
import java.util.List;

/// What tests look up in reports.
public final class Reports {
  private Reports() {}

  /// Returns the report on an instance, which must be the only one on it.
  public static InstanceReport only(SweepReport report, String instanceId) {
    List<InstanceReport> found =
        report.instances().stream()
            .filter(instance -> instance.instanceId().equals(instanceId))
            .toList();
    assertThat(found).as(report.toString()).hasSize(1);
    return found.getFirst();
  }
}
