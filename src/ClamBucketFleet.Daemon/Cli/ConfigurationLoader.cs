using ClamBucketFleet.Options;
using Microsoft.Extensions.Configuration;

namespace ClamBucketFleet.Daemon.Cli;

/// <summary>The sources of the configuration, the later winning.</summary>
internal static class ConfigurationLoader
{
    /// <summary>Read first, where it is there.</summary>
    public const string SystemFile = "/etc/clambucketfleet/clambucketfleet.json";

    private const string EnvironmentPrefix = "CLAMBUCKETFLEET_";

    /// <summary>Reads the files, the environment and the command line.</summary>
    /// <exception cref="FatalConfigurationException">A file is missing or is no JSON, or the content is wrong.</exception>
    public static FleetOptions Load(string? file, IReadOnlyDictionary<string, string?> settings, bool queueIsRequired)
    {
        var builder = new ConfigurationBuilder();
        if (File.Exists(SystemFile))
            AddFile(builder, SystemFile);
        if (file is not null)
            AddFile(builder, file);
        builder.AddEnvironmentVariables(EnvironmentPrefix).AddInMemoryCollection(settings);
        return FleetOptionsReader.Read(builder.Build(), queueIsRequired);
    }

    private static void AddFile(ConfigurationBuilder builder, string path)
    {
        try
        {
            // Read now, so that what is wrong is said of this file, not of the whole.
            var part = new ConfigurationBuilder().AddJsonStream(new MemoryStream(File.ReadAllBytes(path))).Build();
            builder.AddConfiguration(part);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FatalConfigurationException($"The configuration file {path} cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or System.Text.Json.JsonException)
        {
            throw new FatalConfigurationException($"The configuration file {path} is not JSON: {e.InnerException?.Message ?? e.Message}", e);
        }
    }
}
