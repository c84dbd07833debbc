import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the solution, above wherever this file was compiled to. */
function findRepository(): string {
  let folder = new URL('.', import.meta.url);
  while (!existsSync(new URL('Pikku.Akka.sln', folder))) {
    const parent = new URL('..', folder);
    if (parent.href === folder.href) throw new Error(`No folder above ${import.meta.url} has the solution.`);
    folder = parent;
  }
  return fileURLToPath(folder);
}

const repository = findRepository();
const program = `${repository}samples/Conformance/bin/${process.env['CONFIGURATION'] ?? 'Release'}/net10.0/Conformance.dll`;

/** A process that runs the conformance sample. */
export class Node {
  readonly port: number;
  readonly #process: ChildProcess;

  constructor(port: number, process: ChildProcess) {
    this.port = port;
    this.#process = process;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** Starts the server, on a free port unless one is given, and resolves when it accepts connections. */
  static async start(port = 0): Promise<Node> {
    // Arguments and no variables, because a shell that starts dotnet drops variables with a dot in their name.
    const node = spawn('dotnet', [
      program, '--urls', `http://127.0.0.1:${port}`, '--pikku:shutdown:reconnect-spread=500ms',
      '--Logging:LogLevel:Default=None', '--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information',
    ], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    const listening = await new Promise<number>((resolve, reject) => {
      node.on('exit', code => reject(new Error(`The server of the sample ended with ${code}: ${output}`)));
      node.stdout.on('data', text => {
        output += text;
        const [, found] = /listening on: http:\/\/127\.0\.0\.1:(\d+)/.exec(output) ?? [];
        if (found) resolve(Number(found));
      });
    });
    return new Node(listening, node);
  }

  /** Stops the process without closing its connections, or lets it go on. */
  freeze(isFrozen: boolean): void {
    this.#process.kill(isFrozen ? 'SIGSTOP' : 'SIGCONT');
  }

  async end(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill(signal);
    await exit;
  }
}
