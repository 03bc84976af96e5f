using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Delivery.Tests.TestKit;

public sealed class ExecutableTests
{
    [Fact(Timeout = 30_000)]
    public async Task Only_the_settings_of_the_test_reach_the_program()
    {
        // Names that mean nothing to what other tests run meanwhile.
        Environment.SetEnvironmentVariable("AWS_OF_THE_MACHINE", "somebody");
        Environment.SetEnvironmentVariable("CLAMBUCKETFLEET_OF_THE_MACHINE", "somewhere");

        var printed = await Executable.At("/usr/bin/env").RunAsync(
            [Executable.Setting("Scan:Engine", "clamd"), new("AWS_REGION", "eu-west-1")],
            TestContext.Current.CancellationToken);

        printed.Output.Split('\n')
            .Where(line => line.StartsWith("AWS_", StringComparison.Ordinal) || line.StartsWith("CLAMB", StringComparison.Ordinal))
            .ShouldBe(["AWS_REGION=eu-west-1", "CLAMBUCKETFLEET_Scan__Engine=clamd"], ignoreOrder: true);
    }
}
