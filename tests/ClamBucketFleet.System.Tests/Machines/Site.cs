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
    private HttpServer? _metadata;
    private string? _publicKey;

    private Site(Network network, Cloud cloud, DefinitionsServer definitions)
        => (Network, Cloud, Definitions) = (network, cloud, definitions);

    public Network Network { get; }

    public Cloud Cloud { get; }

    public DefinitionsServer Definitions { get; }

    /// <summary>The instance's; null before it is described.</summary>
    public InstanceMetadata? Metadata { get; private set; }

    /// <summary>The private key that opens the account admin of the instance.</summary>
    public string Key => _directory.Combine("key");

    public static Task<Site> CreateAsync(CancellationToken cancellationToken)
        => CreateAsync(Cloud.StartAsync, cancellationToken);

    /// <summary>With AWS as a stack needs it.</summary>
    public static Task<Site> CreateWholeAsync(CancellationToken cancellationToken)
        => CreateAsync(Cloud.StartWholeAsync, cancellationToken);

    private static async Task<Site> CreateAsync(
        Func<Network, CancellationToken, Task<Cloud>> start, CancellationToken cancellationToken)
    {
        var network = await Network.CreateAsync(cancellationToken);
        var cloud = await start(network, cancellationToken);
        return new Site(network, cloud, ImageBuilder.ServeDefinitions(network));
    }

    /// <summary>User data that writes files, as the launch template's does. JSON is YAML.</summary>
    public static string UserData(params IEnumerable<(string Path, string Content)> files)
        => "#cloud-config\n" + JsonSerializer.Serialize(new
        {
            write_files = files.Select(file => new { path = file.Path, content = file.Content, permissions = "0644" }),
        });

    /// <summary>From now on the metadata is that of this instance.</summary>
    public async Task<Instance> DescribeAsync(string id, string userData, CancellationToken cancellationToken)
    {
        var instance = new Instance(id, _publicKey ??= await ImageBuilder.MakeKeyAsync(Key, cancellationToken), userData);
        if (_metadata is not null) await _metadata.DisposeAsync();
        _metadata = MetadataService.Start(Network, Metadata = instance.Describe());
        return instance;
    }

    public async ValueTask DisposeAsync()
    {
        if (_metadata is not null) await _metadata.DisposeAsync();
        await Definitions.DisposeAsync();
        await Cloud.DisposeAsync();
        await Network.DisposeAsync();
        _directory.Dispose();
    }
}
