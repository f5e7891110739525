"""Runs a command on a pseudo-terminal of a width; prints what it wrote, and its exit status on the last line.

Arguments: columns, seconds after which Ctrl-C is typed once something was drawn (0: never), command...
"""
import fcntl, os, pty, select, signal, struct, sys, termios, time

columns, interrupt_after = int(sys.argv[1]), float(sys.argv[2])
command = sys.argv[3:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
started, is_interrupted, output = time.monotonic(), False, b''
while True:
    ready, _, _ = select.select([terminal], [], [], 0.1)
    if ready:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            break
        if not chunk:
            break
        output += chunk
    shown = b'\x1b[2K' in output
    if interrupt_after > 0 and not is_interrupted and shown and time.monotonic() - started > interrupt_after:
        is_interrupted = True
        os.write(terminal, b'\x03')
_, status = os.waitpid(child, 0)
code = os.waitstatus_to_exitcode(status)
sys.stdout.buffer.write(output)
sys.stdout.buffer.write(b'\n' + str(code).encode() + b'\n')
