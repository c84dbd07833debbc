using Pikku.Akka.Functions;
using Xunit;

namespace Pikku.Akka.Tests.Functions;

public sealed class ScopeMatcherSpec
{
    [Theory, Trait("Rule", "F2")]
    [InlineData("admin", "admin")]
    [InlineData("admin:invoices", "admin:invoices")]
    [InlineData("admin", "admin:invoices")]
    [InlineData("admin", "admin:invoices:create")]
    [InlineData("admin:invoices", "admin:invoices:create")]
    [InlineData("admin:*", "admin:invoices")]
    [InlineData("admin:*", "admin:invoices:create")]
    [InlineData("admin:*", "admin")]
    [InlineData("admin:invoices:*", "admin:invoices")]
    [InlineData("admin:invoices:*", "admin:invoices:create")]
    [InlineData("admin:invoices:create:*", "admin:invoices:create")]
    [InlineData("admin:invoices:create:*", "admin:invoices:create:draft")]
    [InlineData("*", "admin:invoices")]
    [InlineData("*", "admin:invoices:create")]
    [InlineData("*", "admin")]
    [InlineData("users admin", "admin:invoices")]
    public void Is_satisfied_by_the_scope_itself_an_ancestor_or_a_wildcard(string held, string needed) =>
        Assert.True(ScopeMatcher.Satisfies(held.Split(' '), needed));

    [Theory, Trait("Rule", "F2")]
    [InlineData("admin:invoices", "admin")]
    [InlineData("admin:invoices:create", "admin:invoices")]
    [InlineData("admin:invoices:*", "admin")]
    [InlineData("admin:invoices:create:*", "admin:invoices")]
    [InlineData("admin:invoices:create:*", "admin:invoices:created")]
    [InlineData("admin:*:create", "admin:invoices:create")]
    [InlineData("*:create", "admin:create")]
    [InlineData("admin:**", "admin:invoices")]
    [InlineData("admin", "administrator")]
    [InlineData("admin", "admin-tools:delete")]
    [InlineData("admin:inv", "admin:invoices")]
    [InlineData("admin:*", "users:list")]
    [InlineData("Admin", "admin")]
    [InlineData("admin*", "admin:invoices")]
    [InlineData(":*", ":invoices")]
    [InlineData(":*", "admin")]
    [InlineData("", "admin")]
    [InlineData("", ":admin")]
    [InlineData("invoices", "admin:invoices")]
    public void Is_not_satisfied_by_anything_that_only_looks_alike(string held, string needed) =>
        Assert.False(ScopeMatcher.Satisfies([held], needed));

    [Fact, Trait("Rule", "F2")]
    public void Is_not_satisfied_by_nothing() => Assert.False(ScopeMatcher.Satisfies([], "admin"));
}
