using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.Delivery.Tests.Packaging;

/// <summary>
/// The Debian package around the program that was built beside the tests: packing takes the same way with any program,
/// and publishing takes minutes.
/// </summary>
internal static class BuiltPackage
{
    private const string Time = "1763762400";

    /// <summary>Builds it into a directory, and returns its path.</summary>
    public static async Task<string> BuildAsync(string root, string output, CancellationToken cancellationToken)
    {
        var build = new Command(Path.Combine(root, "packaging", "build-deb.sh"), Executable.Find().Path, output)
        {
            Environment = new Dictionary<string, string?> { ["SOURCE_DATE_EPOCH"] = Time },
        };
        var result = await build.RunAsync(cancellationToken);
        result.ExitCode.ShouldBe(0, result.Error);
        return result.Output.Trim();
    }

    /// <summary>What <c>dpkg-deb</c> says.</summary>
    public static async Task<string> AskAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var result = await new Command(Command.Require("dpkg-deb"), arguments).RunAsync(cancellationToken);
        result.ExitCode.ShouldBe(0, result.Error);
        return result.Output;
    }
}
