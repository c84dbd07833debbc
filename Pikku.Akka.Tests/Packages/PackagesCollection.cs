using Xunit;

namespace Pikku.Akka.Tests.Packages;

/// <summary>The specs that use the packages of this repository.</summary>
[CollectionDefinition(PackedFeed.Users)]
public sealed class PackagesCollection : ICollectionFixture<PackedFeed>;
