export interface User {
  readonly name: string;
  readonly staff: boolean;
}

/** The user of this tab, so that two tabs can be two users. */
export const readUser = (): User | null => JSON.parse(sessionStorage.getItem('user') ?? 'null');

export function writeUser(user: User | null): void {
  if (user) sessionStorage.setItem('user', JSON.stringify(user));
  else sessionStorage.removeItem('user');
}

/** Returns a token for the user. Return the token of your identity provider here. */
export async function getToken({ name, staff }: User): Promise<string> {
  const response = await fetch('development/token', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ user: name, roles: staff ? ['staff'] : [] }),
  });
  if (!response.ok) throw new Error(response.status === 404 ? 'This server has no development tokens.' : `The token request failed: ${response.status}`);
  const { token } = (await response.json()) as { token: string };
  return token;
}
