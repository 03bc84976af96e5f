using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Delivery.Tests.Scripts;

/// <summary>scripts/run-tests.sh, with shell scripts in place of test projects.</summary>
public sealed class RunTestsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact(Timeout = 30_000)]
    public async Task Totals_are_added_up_and_a_failing_project_stops_nothing()
    {
        var (exitCode, last) = await RunAsync(
            Project("First", Report(passed: 2, failed: 1), exitCode: 2),
            Project("Second", Report(passed: 3, errors: 1), exitCode: 2),
            Project("Third", Report(passed: 4), exitCode: 0));

        last.ShouldBe("9 passed, 2 failed");
        exitCode.ShouldBe(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task All_passed_is_exit_code_0_and_what_was_skipped_is_told()
    {
        (await RunAsync(Project("First", Report(passed: 2), 0))).ShouldBe((0, "2 passed, 0 failed"));
        (await RunAsync(Project("First", Report(passed: 2, skipped: 1), 0))).ShouldBe((0, "2 passed, 0 failed, 1 skipped"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_project_that_dies_is_a_failure_with_or_without_a_report()
    {
        (await RunAsync(Project("Alive", Report(passed: 1), 0), Project("Dead", report: null, 134)))
            .ShouldBe((1, "1 passed, 1 failed"));
        (await RunAsync(Project("Dead", Report(passed: 1), exitCode: 139))).ShouldBe((1, "1 passed, 1 failed"));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_report_of_an_earlier_run_counts_for_nothing()
    {
        await RunAsync(Project("First", Report(passed: 5), 0));

        (await RunAsync(Project("First", report: null, 0))).ShouldBe((1, "0 passed, 1 failed"));
    }

    [Fact(Timeout = 30_000)]
    public async Task No_test_at_all_is_no_success()
        => (await RunAsync(Project("Empty", Report(passed: 0), exitCode: 8))).ShouldBe((1, "0 passed, 0 failed"));

    public void Dispose() => _directory.Dispose();

    private static string Report(int passed, int failed = 0, int errors = 0, int skipped = 0)
        => $"""<assemblies><assembly name="x" errors="{errors}" failed="{failed}" passed="{passed}" skipped="{skipped}">""";

    private string Project(string name, string? report, int exitCode)
    {
        var write = report is null ? "" : $"printf '%s' '{report}' >\"$RESULTS/{name}.xml\"";
        var script = _directory.Write(
            $"{name}/bin/Release/net10.0/{name}",
            System.Text.Encoding.UTF8.GetBytes($"#!/bin/sh\n{write}\nexit {exitCode}\n"));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return _directory.Combine(name);
    }

    private async Task<(int ExitCode, string LastLine)> RunAsync(params string[] projects)
    {
        var command = new Command(Repository.Combine("scripts", "run-tests.sh"), projects)
        {
            Environment = new Dictionary<string, string?>
            {
                ["RESULTS"] = _directory.Combine("results"),
                ["CONFIGURATION"] = "Release",
                ["FAILED_CHECKS"] = null,
            },
        };
        var result = await command.RunAsync(TestContext.Current.CancellationToken);
        return (result.ExitCode, result.Output.TrimEnd('\n').Split('\n')[^1]);
    }
}
