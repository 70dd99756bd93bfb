namespace QwenVl.Tests.Server.Fakes;

/// <summary>One server for the tests of a collection, which therefore run one after the other: each ends at the baseline.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    internal RunningServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>The tests that share a server.</summary>
[CollectionDefinition(Name)]
public sealed class SharedServerGroup : ICollectionFixture<SharedServer>
{
    public const string Name = "shared server";
}
