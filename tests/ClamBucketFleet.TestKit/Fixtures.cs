using Xunit;

namespace ClamBucketFleet.TestKit;

/// <summary>One moto for all tests of a class, collection or assembly. They share it: names of buckets must differ.</summary>
public sealed class MotoFixture : IAsyncLifetime
{
    private MotoServer? _server;

    public MotoServer Server => _server ?? throw new InvalidOperationException("Not started yet");

    public async ValueTask InitializeAsync() => _server = await MotoServer.StartAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>One whole moto, with CloudFormation, for all tests of a class, collection or assembly.</summary>
public sealed class WholeMotoFixture : IAsyncLifetime
{
    private MotoServer? _server;

    public MotoServer Server => _server ?? throw new InvalidOperationException("Not started yet");

    public async ValueTask InitializeAsync() => _server = await MotoServer.StartWholeAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>One clamd for all tests of a class, collection or assembly that neither stop nor reload it.</summary>
public sealed class ClamdFixture : IAsyncLifetime
{
    private ClamdServer? _server;

    public ClamdServer Server => _server ?? throw new InvalidOperationException("Not started yet");

    public async ValueTask InitializeAsync() => _server = await ClamdServer.StartAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
