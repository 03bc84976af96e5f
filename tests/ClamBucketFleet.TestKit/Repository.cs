using System.Reflection;

namespace ClamBucketFleet.TestKit;

/// <summary>The source tree that the running tests were built from.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Debug or Release, as the tests themselves.</summary>
    public static string Configuration { get; } =
        typeof(Repository).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Release";

    public static string Combine(params string[] names) => Path.Combine([Root, .. names]);

    private static string FindRoot()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (File.Exists(Path.Combine(directory, "ClamBucketFleet.sln"))) return directory;
        }
        throw new InvalidOperationException($"No ClamBucketFleet.sln above {AppContext.BaseDirectory}");
    }
}
