using System.Text.Json;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>
/// A network for one instance from the image, with AWS, a source of definitions and the instance's metadata: it listens on
/// fixed ports (22, 4318), on which two would meet.
/// </summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly HttpServer _metadata;
    private string? _publicKey;

    private Site(Network network, Cloud cloud, DefinitionsServer definitions)
        => (Network, Cloud, Definitions, _metadata) = (network, cloud, definitions, MetadataService.Start(network, Metadata));

    public Network Network { get; }

    public Cloud Cloud { get; }

    public DefinitionsServer Definitions { get; }

    /// <summary>What the instance is told of itself.</summary>
    public InstanceMetadata Metadata { get; } = new(Cloud.Region);

    /// <summary>The private key that opens the account admin of the instance.</summary>
    public string Key => _directory.Combine("key");

    public static Task<Site> CreateAsync(CancellationToken cancellationToken)
        => CreateAsync(Cloud.StartAsync, cancellationToken);

    /// <summary>With AWS as a stack needs it.</summary>
    public static Task<Site> CreateWholeAsync(CancellationToken cancellationToken)
        => CreateAsync(Cloud.StartWholeAsync, cancellationToken);

    /// <summary>User data that writes files, as the launch template's does. JSON is YAML.</summary>
    public static string UserData(params IEnumerable<(string Path, string Content)> files)
        => "#cloud-config\n" + JsonSerializer.Serialize(new
        {
            write_files = files.Select(file => new { path = file.Path, content = file.Content, permissions = "0644" }),
        });

    /// <summary>Says in the metadata which instance it is, whose key opens it, and its user data; gives its host name.</summary>
    public async Task<string> DescribeAsync(string id, string userData, CancellationToken cancellationToken)
    {
        var hostName = $"ip-{id[2..]}";
        Metadata.Describe(id, hostName, _publicKey ??= await ImageBuilder.MakeKeyAsync(Key, cancellationToken), userData);
        return hostName;
    }

    public async ValueTask DisposeAsync()
    {
        await _metadata.DisposeAsync();
        await Definitions.DisposeAsync();
        await Cloud.DisposeAsync();
        await Network.DisposeAsync();
        _directory.Dispose();
    }

    private static async Task<Site> CreateAsync(
        Func<Network, CancellationToken, Task<Cloud>> start, CancellationToken cancellationToken)
    {
        var network = await Network.CreateAsync(cancellationToken);
        return new Site(network, await start(network, cancellationToken), ImageBuilder.ServeDefinitions(network));
    }
}
