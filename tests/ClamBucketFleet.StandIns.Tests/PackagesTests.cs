using System.Text.Json;
using System.Xml.Linq;
using CliWrap;
using CliWrap.Buffered;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.StandIns.Tests;

/// <summary>One property swaps all stand-ins for the published packages.</summary>
public sealed class PackagesTests
{
    private const int Limit = 240_000;

    private static readonly string Root = FindRoot();

    private static readonly string[] Ids =
    [
        "AWSSDK.AutoScaling", "AWSSDK.SQS", "AWSSDK.SimpleNotificationService", "CliWrap",
        "Microsoft.Extensions.Hosting.Systemd",
    ];

    [Theory(Timeout = Limit)]
    [InlineData("true")]
    [InlineData("false")]
    public async Task The_program_takes_either_the_five_packages_or_the_five_stand_ins(string published)
    {
        SortedSet<string> packages = new(StringComparer.Ordinal);
        SortedSet<string> standIns = new(StringComparer.Ordinal);
        foreach (var project in Directory.GetFiles(Path.Combine(Root, "src"), "ClamBucketFleet.*.csproj", Deep))
        {
            var result = await Cli.Wrap("dotnet").WithArguments(
                [
                    "msbuild", project, $"-p:PublishedPackages={published}", "-getItem:PackageReference",
                    "-getItem:ProjectReference",
                ])
                .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
            using var json = JsonDocument.Parse(result.StandardOutput);
            var items = json.RootElement.GetProperty("Items");
            packages.UnionWith(Names(items.GetProperty("PackageReference"), "Identity").Intersect(Ids));
            standIns.UnionWith(Names(items.GetProperty("ProjectReference"), "FullPath")
                .Where(path => path.Contains("StandIns", StringComparison.Ordinal))
                .Select(path => Path.GetFileNameWithoutExtension(path)));
        }

        packages.ShouldBe(published == "true" ? Ids : []);
        standIns.ShouldBe(published == "true" ? [] : Ids);
    }

    [Fact]
    public void Each_stand_in_has_one_exact_published_version()
    {
        var versions = XDocument.Load(Path.Combine(Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(item => item.Attribute("Include")!.Value, item => item.Attribute("Version")!.Value);
        foreach (var id in Ids)
            versions[id].ShouldMatch(@"^\[\d+(\.\d+){2,3}\]$");
        Directory.GetFiles(Path.Combine(Root, "src", "StandIns"), "*.csproj", Deep)
            .Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal).ShouldBe(Ids);
    }

    private static SearchOption Deep => SearchOption.AllDirectories;

    private static IEnumerable<string> Names(JsonElement items, string property) =>
        items.EnumerateArray().Select(item => item.GetProperty(property).GetString()!);

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "ClamBucketFleet.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("No solution above the tests");
        return directory.FullName;
    }
}
