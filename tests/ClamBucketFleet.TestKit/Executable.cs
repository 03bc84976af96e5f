using System.Collections;

namespace ClamBucketFleet.TestKit;

/// <summary>
/// The program as users start it. Nothing of the machine's own AWS or ClamBucketFleet settings reaches it, only what a
/// test gives.
/// </summary>
public sealed class Executable
{
    private const string Name = "clambucketfleet";

    private Executable(string path) => Path = path;

    public string Path { get; }

    /// <summary>The one that was copied beside the test, else the one that was built in the same configuration.</summary>
    public static Executable Find()
    {
        string[] places =
        [
            System.IO.Path.Combine(AppContext.BaseDirectory, Name),
            Repository.Combine("src", "ClamBucketFleet.Daemon", "bin", Repository.Configuration, "net10.0", Name),
        ];
        return new Executable(places.FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"Build src/ClamBucketFleet.Daemon first: no {string.Join(" and no ", places)}"));
    }

    /// <summary>One that was installed.</summary>
    public static Executable At(string path) => new(path);

    /// <param name="environment">Variables such as <c>CLAMBUCKETFLEET_Queue__Url</c>; see <see cref="Setting"/>.</param>
    /// <param name="arguments">Verb and options.</param>
    public Command Command(IEnumerable<KeyValuePair<string, string>> environment, params string[] arguments)
    {
        var all = Inherited().ToDictionary(name => name, _ => (string?)null);
        foreach (var (name, value) in environment) all[name] = value;
        return new Command(Path, arguments) { Environment = all };
    }

    public Task<CommandResult> RunAsync(
        IEnumerable<KeyValuePair<string, string>> environment,
        CancellationToken cancellationToken,
        params string[] arguments)
        => Command(environment, arguments).RunAsync(cancellationToken);

    public ChildProcess Start(IEnumerable<KeyValuePair<string, string>> environment, params string[] arguments)
        => Command(environment, arguments).Start();

    /// <summary>The environment variable for a configuration key such as <c>Queue:Url</c>.</summary>
    public static KeyValuePair<string, string> Setting(string key, string value)
        => new("CLAMBUCKETFLEET_" + key.Replace(":", "__", StringComparison.Ordinal), value);

    private static IEnumerable<string> Inherited()
        => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(variable => (string)variable.Key)
            .Where(name => name.StartsWith("AWS_", StringComparison.Ordinal)
                || name.StartsWith("CLAMBUCKETFLEET_", StringComparison.OrdinalIgnoreCase));
}
