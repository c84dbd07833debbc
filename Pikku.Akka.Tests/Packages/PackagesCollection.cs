using Xunit;

namespace Pikku.Akka.Tests.Packages;

/// <summary>The classes that need the packages. They are packed once.</summary>
[CollectionDefinition(Name)]
public sealed class PackagesCollection : ICollectionFixture<PackedFeed>
{
    public const string Name = "Pikku.Akka.Tests.Packages." + nameof(PackagesCollection);
}
